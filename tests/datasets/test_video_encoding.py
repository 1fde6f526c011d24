"""Moments of frames, and what a file holds when writing fails."""
import numpy as np
import pytest

from mvd_mm.datasets.video_encoding import H264Writer, frame_moments


class Reader:

    def __init__(self, times):
        self.times = np.asarray(times, dtype=float)

    def get_frame_timestamp(self, indices):
        return np.stack([self.times, self.times + 1], 1)[indices]


def test_equal_steps_need_no_moments():
    assert frame_moments(Reader(5 + np.arange(50) / 29.97), 50) is None
    # rounded to milliseconds, as in Matroska
    assert frame_moments(Reader(np.arange(50) * 33 / 1000), 50) is None


def test_other_steps_do():
    times = np.cumsum([3, 0.02, 0.1, 0.02, 0.1])
    np.testing.assert_allclose(frame_moments(Reader(times), 5), times - 3)


@pytest.mark.parametrize('times', [[0, 0, 1], [0, 2, 1], [0, 1e8, 2e8], [1]])
def test_nonsense_is_passed_over(times):
    assert frame_moments(Reader(times), len(times)) is None


def test_an_error_between_frames_is_raised(tmp_path):
    with pytest.raises(RuntimeError, match='mine'):
        with H264Writer(tmp_path / 'x.mp4', (64, 48), 25., 18, 12,
                        'veryfast') as writer:
            writer.write(np.zeros((48, 64, 3), np.uint8))
            raise RuntimeError('mine')
