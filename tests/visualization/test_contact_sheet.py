"""Nearest clips, and their sheet."""
import cv2
import numpy as np
import pytest

from mvd_mm.visualization.contact_sheet import Tile, nearest, save_sheet


def test_nearest_by_angle_among_other_videos():
    features = np.array([[1, 0], [9, 1], [0, 1], [1, 1.1], [-1, 0]])
    names = np.array(['a', 'b', 'c', 'd', 'e'])
    assert nearest(features, names, [0], 3) == [[1, 3, 2]]
    # windows of the same video do not count
    assert nearest(features, np.array(list('aacde')), [0], 2) == [[3, 2]]


def test_frames_are_coloured_by_class(tmp_path):
    image = np.full((30, 40, 3), 255, dtype=np.uint8)
    rows = [[
        Tile(image, 'q'),
        Tile(image, 'x', True),
        Tile(image, 'y', False)
    ]]
    save_sheet(rows, tmp_path / 's.png', 'title')
    picture = cv2.imread(str(tmp_path / 's.png'))[..., ::-1].astype(int)
    width = picture.shape[1]
    for colour, low in (((0, 158, 115), 1 / 3), ((213, 94, 0), 2 / 3)):
        near = (abs(picture - colour).max(2) < 12)
        columns = np.flatnonzero(near[:int(.75 * len(near))].any(0)) / width
        assert low - .03 < columns.min() and columns.max() < low + .36
    with pytest.raises(ValueError, match='is empty'):
        save_sheet([], tmp_path / 's.png', 'title')
