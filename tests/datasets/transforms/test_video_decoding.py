"""Frames in order, their number and moments."""
import numpy as np
import pytest

from mvd_mm.datasets.transforms.video_decoding import (BrokenVideoError,
                                                       count_frames,
                                                       decode_all, first_line,
                                                       open_video)
from tests.datasets.broken_files import numbers


def test_frames_come_in_the_order_in_which_they_are_shown(make):
    data = make('b_frames.mp4', codec='libx264', bf=2, g=12).read_bytes()
    frames = [f.to_ndarray(format='rgb24') for f in decode_all(data)]
    assert numbers(frames) == list(range(60))
    np.testing.assert_allclose(
        count_frames(data), np.arange(60) / 25, atol=1e-6)


def test_sound_alone_and_dots_of_colour_are_no_videos(make):
    data = make('dot.mp4', size=(4, 4), g=12).read_bytes()
    with pytest.raises(BrokenVideoError, match='4 x 4 pixels'):
        open_video(data)


def test_a_reason_is_one_line():
    error = RuntimeError('[file.cc:1] Check failed: ok no\nStack trace:\n 1')
    assert first_line(error) == 'ok no'
    assert first_line(RuntimeError()) == 'RuntimeError()'
