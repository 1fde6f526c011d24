"""Numbers of extracted frames to frames of a video."""
import numpy as np
import pytest

from mvd_mm.datasets.transforms import AVAVideoFrames


class Reader:

    def __init__(self, fps):
        self.fps = fps

    def get_avg_fps(self):
        return self.fps


def find(numbers, fps=30., total=10**6, **options):
    results = dict(
        frame_inds=np.array(numbers),
        start_index=1,
        fps=30,
        timestamp_start=900,
        video_reader=Reader(fps),
        total_frames=total,
        **options)
    return AVAVideoFrames()(results)['frame_inds'].tolist()


def test_frame_1_of_a_cut_file_is_its_first():
    assert find([1, 2, 27001]) == [0, 1, 27000]


@pytest.mark.parametrize('fps', [30000 / 1001, 25., 24000 / 1001, 60.])
def test_another_rate_takes_the_nearest_moment(fps):
    numbers = np.arange(1, 27002, 100)
    moments = np.array(find(numbers, fps)) / fps
    assert np.abs(moments - (numbers - 1) / 30).max() <= 0.5 / fps + 1e-9


def test_a_whole_film_starts_at_0():
    assert find([1, 61], 25., video_start=0) == [22500, 22550]


def test_a_rate_rounded_by_its_container_changes_no_frame():
    numbers = list(range(1, 27002))
    assert find(numbers, 30 * (1 - 1e-5)) == [n - 1 for n in numbers]


def test_ends_repeat():
    assert find([-3, 1, 500], total=100) == [0, 0, 99]
