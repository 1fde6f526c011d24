"""The picture of clips."""
import cv2
import numpy as np

from demo.findings.sheet import GAP, SHOWN, save_sheet
from demo.findings.video_set import describe


def test_each_flag_and_move_has_a_row(tmp_path):
    save_sheet(describe(0), tmp_path / 'clips.png')
    picture = cv2.imread(str(tmp_path / 'clips.png')).astype(int)
    side = 96 + GAP
    assert picture.shape == (4 * side, 96 + SHOWN * side, 3)
    rows = picture.reshape(4, side, -1, 3)
    assert all((row[:, :96] < 100).any() for row in rows)  # names
    first, last = rows[:, :96, 96:192], rows[:, :96, -side:-GAP]
    assert (np.abs(first - last).max(3) > 20).mean((1, 2)).min() > .05
