"""Published frame numbers of Kinetics' clips."""
import json
from pathlib import Path
from unittest import mock

import numpy as np
import pytest

from mvd_mm.datasets.transforms import StridedSampleFrames

INDICES = json.loads(
    (Path(__file__).parents[2] / 'data' / 'frame_indices.json').read_text())
TRAIN = INDICES['k400_train_clip']
TEST = INDICES['k400_test_views']


def sample(num_frames, **options):
    results = StridedSampleFrames(**options)(
        dict(total_frames=num_frames, start_index=0))
    return results['frame_inds'].reshape(results['num_clips'], -1)


@pytest.mark.parametrize('num_frames', TEST)
def test_views_are_the_published_ones(num_frames):
    assert sample(int(num_frames), test_mode=True).tolist() == TEST[num_frames]


@pytest.mark.parametrize('key', TRAIN)
def test_clip_of_an_offset_is_the_published_one(key):
    num_frames, offset = key.split(',')
    if offset == 'None':  # nothing is drawn
        assert sample(int(num_frames)).tolist() == [TRAIN[key]]
        return
    with mock.patch('numpy.random.randint', return_value=int(offset)) as draw:
        assert sample(int(num_frames)).tolist() == [TRAIN[key]]
    draw.assert_called_once_with(64, int(num_frames))


def test_offsets_are_uniform_and_the_last_frame_is_never_drawn():
    number = 8000
    starts = [sample(104)[0] for _ in range(number)]
    assert max(clip[-1] for clip in starts) == 102  # of 0..103
    counts = np.bincount([clip[0] for clip in starts])
    assert len(counts) == 40  # 104 - 64
    # 5 standard errors of a binomial of probability 1 / 40
    assert np.abs(counts - number / 40).max() < 5 * (number / 40)**0.5


def test_ten_windows_of_every_second_frame():
    # HMDB51: 100 frames -> 50, starts floor(i * 34 / 9)
    clips = sample(100, frame_interval=2, num_clips=10, test_mode=True)
    starts = [0, 3, 7, 11, 15, 18, 22, 26, 30, 34]
    assert (clips[:, 0] == 2 * np.array(starts)).all()
    assert (np.diff(clips) == 2).all()


def test_one_window_lies_in_the_middle():
    # 75 of 300 frames: floor((75 - 16) / 2) = 29, times 4
    clip, = sample(300, num_clips=1, test_mode=True)
    assert (clip == 116 + 4 * np.arange(16)).all()
    assert sample(3, num_clips=1, test_mode=True).tolist() == [[0] * 16]


def test_rejects_an_interval_below_1():
    with pytest.raises(ValueError, match='`frame_interval`.*0'):
        StridedSampleFrames(frame_interval=0)
