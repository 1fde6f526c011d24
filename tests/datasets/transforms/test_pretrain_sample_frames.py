"""Published frame numbers of pre-training's clips."""
import json
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from mmaction.datasets.transforms import SampleFrames

from mvd_mm.datasets.transforms import PretrainSampleFrames

ROWS = json.loads(
    (Path(__file__).parents[2] / 'data' /
     'frame_indices.json').read_text())['pretrain_clip_given_offset']['rows']


def sample(num_frames, **options):
    return PretrainSampleFrames(**options)(dict(
        total_frames=num_frames, start_index=0))['frame_inds'].tolist()


@pytest.mark.parametrize('key', ROWS)
def test_clip_of_an_offset_is_the_published_one(key):
    num_frames, offset = map(int, key.split(','))
    with mock.patch('numpy.random.randint', return_value=offset) as draw:
        assert sample(num_frames) == ROWS[key]
    if num_frames >= 64:
        draw.assert_called_once_with(num_frames - 64 + 1)
    else:
        draw.assert_not_called()


def published(num_frames, step, clip_len=16):
    """Walk through a short video while frames remain beyond the next one."""
    place, clip = 0, []
    for _ in range(clip_len):
        clip.append(place)
        if place + step + 1 < num_frames:
            place += step
    return clip


@pytest.mark.parametrize('step', [1, 2, 4])
def test_short_videos_differ_from_the_host_in_their_last_frame_alone(step):
    host = SampleFrames(16, step, 1, out_of_bound_opt='repeat_last')
    differing = []
    for num_frames in range(1, 16 * step):
        clip = sample(num_frames, frame_interval=step)
        assert clip == published(num_frames, step)
        frames = host(dict(total_frames=num_frames,
                           start_index=0))['frame_inds'].tolist()
        if clip != frames:
            differing.append(num_frames)
    assert differing == [
        k * step + 1 for k in range(1, 16) if k * step + 1 < 16 * step
    ]


def test_five_frames_show_the_first_one_alone():
    assert sample(5) == [0] * 16
    assert sample(6) == [0] + [4] * 15


def test_offsets_are_uniform_between_0_and_the_last_that_fits():
    number = 4100
    offsets = [sample(104)[0] for _ in range(number)]
    counts = np.bincount(offsets)
    assert len(counts) == 41  # 104 - 64 + 1
    # 5 standard errors of a binomial of probability 1 / 41
    assert np.abs(counts - number / 41).max() < 5 * (number / 41)**0.5


def test_keys_are_those_of_the_host():
    results = PretrainSampleFrames(8, 2)(dict(total_frames=90, start_index=3))
    assert results['frame_inds'].dtype == np.int32
    assert results['frame_inds'].min() >= 3
    assert {
        k: results[k]
        for k in ('clip_len', 'frame_interval', 'num_clips')
    } == dict(
        clip_len=8, frame_interval=2, num_clips=1)


@pytest.mark.parametrize('name', ['clip_len', 'frame_interval'])
def test_rejects_a_number_below_1(name):
    with pytest.raises(ValueError, match=f'`{name}`.*0'):
        PretrainSampleFrames(**{name: 0})


def test_an_empty_video_is_taken_for_a_broken_one():
    with pytest.raises(IndexError, match='no frames'):
        sample(0)
