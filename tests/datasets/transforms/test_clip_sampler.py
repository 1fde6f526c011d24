"""What both samplers of fine-tuning share."""
import numpy as np
import pytest

from mvd_mm.datasets.transforms import SegmentSampleFrames, StridedSampleFrames

both = pytest.mark.parametrize('kind',
                               [StridedSampleFrames, SegmentSampleFrames])


@both
@pytest.mark.parametrize('name', ['clip_len', 'num_clips'])
def test_rejects_a_count_below_1(kind, name):
    with pytest.raises(ValueError, match=f'`{name}`.*0'):
        kind(**{name: 0})


@both
@pytest.mark.parametrize('test_mode', [False, True])
def test_an_empty_video_is_taken_for_a_broken_one(kind, test_mode):
    with pytest.raises(IndexError, match='no frames'):
        kind(test_mode=test_mode)(dict(total_frames=0))


@both
@pytest.mark.parametrize('test_mode, clips', [(False, 1), (True, 3)])
def test_writes_the_keys_of_the_hosts(kind, test_mode, clips):
    sampler = kind(clip_len=8, num_clips=3, test_mode=test_mode)
    results = sampler(dict(total_frames=90, start_index=0))
    assert results['clip_len'] == 8 and results['num_clips'] == clips
    assert results['frame_inds'].shape == (8 * clips, )
    assert results['frame_inds'].dtype == np.int32


@both
def test_start_index_is_added(kind):
    sampler = kind(test_mode=True)
    from_0 = sampler(dict(total_frames=90, start_index=0))['frame_inds']
    from_1 = sampler(dict(total_frames=90, start_index=1))['frame_inds']
    assert (from_1 == from_0 + 1).all()


@both
@pytest.mark.parametrize('num_frames', [1, 2, 3, 15, 16, 17, 63, 64, 65, 99])
@pytest.mark.parametrize('clip_len', [8, 16, 32])
@pytest.mark.parametrize('test_mode', [False, True])
def test_frames_exist_and_go_forward(kind, num_frames, clip_len, test_mode):
    sampler = kind(clip_len=clip_len, test_mode=test_mode)
    for _ in range(5):
        results = sampler(dict(total_frames=num_frames, start_index=0))
        clips = results['frame_inds'].reshape(-1, clip_len)
        assert clips.min() >= 0 and clips.max() < num_frames
        assert (np.diff(clips) >= 0).all()
