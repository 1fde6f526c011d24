"""Published frame numbers of Something-Something's clips."""
import json
from pathlib import Path

import numpy as np
import pytest

from mvd_mm.datasets.transforms import SegmentSampleFrames

INDICES = json.loads(
    (Path(__file__).parents[2] / 'data' / 'frame_indices.json').read_text())
TRAIN = INDICES['ssv2_train_segment_inclusive_ranges']
TEST = INDICES['ssv2_test_views']


def sample(num_frames, **options):
    results = SegmentSampleFrames(**options)(
        dict(total_frames=num_frames, start_index=0))
    return results['frame_inds'].reshape(results['num_clips'], -1)


@pytest.mark.parametrize('num_frames', TEST)
def test_views_are_the_published_ones(num_frames):
    assert sample(int(num_frames), test_mode=True).tolist() == TEST[num_frames]


@pytest.mark.parametrize('num_frames', TRAIN)
def test_every_frame_of_the_published_ranges_is_drawn(num_frames):
    # 600 draws from at most 9 frames miss one with a probability of 1e-29
    clips = np.stack([sample(int(num_frames))[0] for _ in range(600)])
    for drawn, (first, last) in zip(clips.T, TRAIN[num_frames]):
        assert set(drawn) == set(range(first, last + 1))


def test_frames_of_a_part_are_equally_likely():
    clips = np.stack([sample(129)[0] for _ in range(4500)])
    counts = np.bincount(clips[:, 0])  # part 0 of 16: frames 0..8
    assert len(counts) == 9
    assert np.abs(counts - 500).max() < 5 * 500**0.5


def test_one_view_is_the_middles_of_the_parts():
    # parts of 161 frames: 0..10, 10..20, ...
    clip, = sample(161, num_clips=1, test_mode=True)
    assert (clip == 5 + 10 * np.arange(16)).all()


@pytest.mark.parametrize('clip_len', [8, 32])
def test_views_interleave_at_other_lengths(clip_len):
    first, second = sample(500, clip_len=clip_len, test_mode=True)
    whole, = sample(500, clip_len=2 * clip_len, num_clips=1, test_mode=True)
    assert (whole[::2] == first).all() and (whole[1::2] == second).all()


@pytest.mark.parametrize('num_frames', [1, 9, 15])
def test_short_videos_as_videomae_and_amd_show_them(num_frames):
    first, = sample(num_frames, short_videos='first')
    assert (first == 0).all() and len(first) == 16
    padded, = sample(num_frames, short_videos='pad_front')
    front = [0] * (16 - num_frames)
    assert padded.tolist() == front + list(range(num_frames))
    # testing is the same for all
    for kind in ('first', 'pad_front'):
        assert (sample(num_frames, short_videos=kind,
                       test_mode=True) == sample(num_frames,
                                                 test_mode=True)).all()


@pytest.mark.parametrize('kind', ['first', 'pad_front'])
def test_videos_of_a_whole_clip_are_not_short(kind):
    clips = np.stack([sample(16, short_videos=kind)[0] for _ in range(50)])
    assert (clips[:, -1] >= 14).all() and len(np.unique(clips, axis=0)) > 20


def test_refuses_an_unknown_kind_of_short_videos():
    with pytest.raises(ValueError, match="'spread', 'first' or 'pad_front'"):
        SegmentSampleFrames(short_videos='loop')
