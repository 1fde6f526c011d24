"""Maps laid over frames."""
import cv2
import numpy as np
import pytest
from PIL import Image

from mvd_mm.visualization.heat_video import lay_over, save_frames


@pytest.fixture
def pictures():
    clip = np.full((4, 40, 60, 3), 100, dtype=np.uint8)
    heat = np.zeros((2, 2, 3))
    heat[1, 0, 2] = 1.  # second half of the time, above, on the right
    return lay_over(clip, heat, 'title', 'meaning')


def test_the_map_is_where_and_when_it_belongs(pictures):
    assert len(pictures) == 4
    height, width, _ = pictures[0].shape
    assert height % 2 == width % 2 == 0
    early, late = pictures[1].astype(int), pictures[2].astype(int)
    # below stands the number of the frame
    bright = ((late - early).sum(-1) > 60)[:-50]
    rows, columns = np.nonzero(bright)
    assert columns.min() > .75 * width  # the right half holds the map
    # two rows of the map: its upper one fades out at three quarters
    assert rows.max() < 30 + .75 * 360


@pytest.mark.parametrize('suffix', ['.mp4', '.gif', '.png'])
def test_films_and_pictures(pictures, tmp_path, suffix):
    path = tmp_path / 'new' / f'o{suffix}'
    save_frames(pictures, path, 5.)
    if suffix == '.mp4':
        capture = cv2.VideoCapture(str(path))
        assert capture.get(cv2.CAP_PROP_FRAME_COUNT) == 4
        assert capture.get(cv2.CAP_PROP_FPS) == pytest.approx(5)
    else:
        with Image.open(path) as image:
            # equal pictures of a gif are one that lasts longer
            assert getattr(image, 'n_frames', 1) == (1 if suffix == '.png' else
                                                     image.n_frames) >= 1
            assert image.size[0] == pictures[0].shape[1]
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_other_endings_are_refused(pictures, tmp_path):
    with pytest.raises(ValueError, match='.mp4, .gif or .png'):
        save_frames(pictures, tmp_path / 'o.avi', 5.)
