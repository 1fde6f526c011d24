"""The published clip, by time."""
import numpy as np
import pytest
from mmaction.datasets.transforms import SampleAVAFrames

from mvd_mm.datasets.transforms import AVAVideoFrames, SampleAVAClip

OFFSETS = [-31 + 4 * i for i in range(16)]


def key_frame(timestamp=1000, fps=25, count=22500, **options):
    return dict(
        timestamp=timestamp,
        timestamp_start=900,
        fps=fps,
        start_index=1,
        shot_info=(0, count),
        **options)


def test_frames_are_the_published_ones_at_25_a_second():
    found = SampleAVAClip()(key_frame())
    # frame 1 shows second 900
    assert (found['frame_inds'] - 1 - 2500).tolist() == OFFSETS
    np.testing.assert_allclose(
        (found['clip_moments'] - 1000) * 25, OFFSETS, atol=1e-9)


def test_equals_mmaction2s_at_25_a_second_in_testing():
    theirs = SampleAVAFrames(16, 4, test_mode=True)(key_frame())
    ours = SampleAVAClip(16, 4)(key_frame())
    assert ours.keys() - theirs.keys() == {'clip_moments'}
    for key in theirs:
        assert np.array_equal(ours[key], theirs[key]), key


def test_nothing_is_random():
    one, other = (SampleAVAClip()(key_frame())['frame_inds'] for _ in '12')
    assert (one == other).all()


def test_30_extracted_frames_a_second_show_the_same_moments():
    found = SampleAVAClip()(key_frame(fps=30, count=27000))
    moments = (found['frame_inds'] - 1) / 30 + 900
    assert np.abs(moments - found['clip_moments']).max() <= 0.5 / 30 + 1e-9
    # the clip spans 60 frames of 25 a second, not 60 of 30
    assert np.ptp(found['frame_inds']) == 72


class Reader:

    def __init__(self, times):
        self.times = np.array(times, dtype=np.float32)

    def get_frame_timestamp(self, inds):
        return np.stack([self.times[inds]] * 2, axis=1)

    def get_avg_fps(self):
        return len(self.times) / (self.times[-1] - self.times[0])


@pytest.mark.parametrize('rate', [25, 30, 30000 / 1001, 24000 / 1001, 50])
def test_videos_of_any_rate_show_the_same_moments(rate):
    reader = Reader(np.arange(int(200 * rate)) / rate + 0.08)
    results = SampleAVAClip()(
        key_frame(video_reader=reader, total_frames=len(reader.times)))
    moments = results['clip_moments']
    found = AVAVideoFrames()(results)['frame_inds']
    assert np.abs(found / rate + 900 - moments).max() <= 0.5 / rate + 1e-3
    if rate == 25:
        assert (found - 2500).tolist() == OFFSETS


def test_ends_repeat():
    found = SampleAVAClip()(key_frame(timestamp=900))['frame_inds']
    assert found.tolist() == [1] * 8 + list(range(2, 31, 4))
    found = SampleAVAClip()(key_frame(timestamp=1800))['frame_inds']
    assert found.max() == 22500


def test_timestamps_that_count_frames_are_refused():
    with pytest.raises(ValueError, match='`fps=1`.*SampleAVAFrames'):
        SampleAVAClip()(key_frame(fps=1))


@pytest.mark.parametrize('name', ['clip_len', 'frame_interval', 'fps'])
def test_arguments_that_are_not_positive_are_refused(name):
    with pytest.raises(ValueError, match=f'`{name}` must be positive, got 0'):
        SampleAVAClip(**{name: 0})
