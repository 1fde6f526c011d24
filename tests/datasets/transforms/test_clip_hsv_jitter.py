"""HSV shifts against Python's own colour conversion."""
import colorsys
from unittest import mock

import numpy as np
import pytest

from mvd_mm.datasets.transforms import ClipHSVJitter


def reference(pixel, shift):
    h, s, v = colorsys.rgb_to_hsv(*(pixel / 255))
    h = (h + shift[0] / 360) % 1
    s, v = (min(max(c + d, 0), 1) for c, d in zip((s, v), shift[1:]))
    return np.array(colorsys.hsv_to_rgb(h, s, v)) * 255


@pytest.mark.parametrize('shift', [(20., .1, .1), (-20., -.1, -.1),
                                   (13., -.05, .08)])
def test_shifts_are_added(shift):
    frame = np.random.randint(0, 256, (12, 15, 3), dtype=np.uint8)
    with mock.patch('numpy.random.uniform', return_value=np.array(shift)):
        found = ClipHSVJitter()(dict(imgs=[frame]))['imgs'][0]
    expected = [reference(p, shift) for p in frame.reshape(-1, 3)]
    # half a level of rounding
    difference = found.reshape(-1, 3) - np.array(expected)
    assert np.abs(difference).max() < 0.51


def test_no_shift_changes_nothing():
    frame = np.random.randint(0, 256, (12, 15, 3), dtype=np.uint8)
    assert (ClipHSVJitter(0, 0,
                          0)(dict(imgs=[frame]))['imgs'][0] == frame).all()


def test_all_frames_of_a_clip_shift_alike():
    frame = np.random.randint(0, 256, (12, 15, 3), dtype=np.uint8)
    imgs = ClipHSVJitter()(dict(imgs=[frame, frame.copy()]))['imgs']
    assert (imgs[0] == imgs[1]).all() and (imgs[0] != frame).any()


@pytest.mark.parametrize('options', [dict(hue=181), dict(value=-0.1)])
def test_bounds_outside_the_range_are_refused(options):
    with pytest.raises(ValueError, match=f'`{next(iter(options))}`'):
        ClipHSVJitter(**options)
