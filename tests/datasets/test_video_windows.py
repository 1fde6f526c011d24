"""Windows over videos: their frames, their times, their order."""
import numpy as np
import pytest

from mvd_mm.datasets.video_windows import WindowDataset, read_clips
from mvd_mm.datasets.windows import FrameRange, Window, cover

PIPELINE = [dict(type='mmaction.DecordInit')]


def array(count):
    frames = np.zeros((count, 4, 4, 3), dtype=np.uint8)
    frames[:] = np.arange(count)[:, None, None, None]
    return frames


@pytest.mark.parametrize('count, rate, seconds, stride', [(100, 25., 1., .5),
                                                          (101, 25., 1., 1.),
                                                          (7, 29.97, 1., .5),
                                                          (50, 29.97, .7, .31),
                                                          (9, 1., 3., .2),
                                                          (30, 10., 1., 2.)])
def test_windows_are_as_long_as_asked_and_reach_the_end(
        count, rate, seconds, stride):
    windows = cover(count, rate, seconds, stride)
    length = min(max(1, round(seconds * rate)), count)
    assert windows[0][0] == 0 and windows[-1][1] == count
    assert {end - begin for begin, end in windows} == {length}
    begins = [begin for begin, _ in windows]
    assert begins == sorted(set(begins))
    if stride <= seconds and stride * rate >= 1:
        assert all(b <= a_end
                   for (_, a_end), (b, _) in zip(windows, windows[1:]))


def test_a_range_has_the_frames_of_its_video():
    dataset = WindowDataset([array(9)], PIPELINE, fps=3.)
    part = FrameRange(dataset.reader(0), 4, 9)
    assert len(part) == 5 and part.get_avg_fps() == 3.
    assert part.get_batch([0, 4]).asnumpy()[:, 0, 0, 0].tolist() == [4, 8]


@pytest.mark.parametrize('workers', [0, 2])
def test_clips_come_in_order_with_their_times(workers):
    dataset = WindowDataset([array(20), array(3)], PIPELINE, fps=10.)
    assert dataset.slide(1., .5, workers) == []
    assert list(dataset.windows) == [
        Window(0, 0, 10),
        Window(0, 5, 15),
        Window(0, 10, 20),
        Window(1, 0, 3)
    ]
    batches = list(read_clips(dataset, 3, workers))
    assert [len(batch) for batch in batches] == [3, 1]
    clips = sum(batches, [])
    assert [(c.video, c.begin, c.end) for c in clips] == [(0, 0., 1.),
                                                          (0, .5, 1.5),
                                                          (0, 1., 2.),
                                                          (1, 0., .3)]
    assert [c.results['total_frames'] for c in clips] == [10, 10, 10, 3]


def test_what_cannot_be_read_is_told(tmp_path, make_video):
    good = make_video(tmp_path / 'a.mp4')
    (tmp_path / 'b.mp4').write_bytes(good.read_bytes()[:100])
    paths = [str(tmp_path / f'{name}.mp4') for name in 'bca']
    dataset = WindowDataset(paths, PIPELINE)
    clips = sum(read_clips(dataset, 2), [])
    assert [bool(clip.error) for clip in clips] == [True, True, False]
    assert 'there is no file' in clips[1].error
    broken = dataset.slide(.4, .4)
    assert [clip.video for clip in broken] == [0, 1]
    assert {window.video for window in dataset.windows} == {2}


@pytest.mark.parametrize('seconds, stride, name',
                         [(0., 1., 'window'), (1., -1., 'stride'),
                          (float('nan'), 1., 'window')])
def test_lengths_must_be_positive(seconds, stride, name):
    dataset = WindowDataset([array(4)], PIPELINE)
    with pytest.raises(ValueError, match=f'`{name}` must be a positive'):
        dataset.slide(seconds, stride)
