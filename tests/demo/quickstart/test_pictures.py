"""Which held-out clips are shown, and what stands above them."""
import pytest
import torch
from mmengine.config import Config

from demo.quickstart import pictures


def values(**columns):
    return {name: torch.tensor(column) for name, column in columns.items()}


class TestBestClips:

    def test_the_highest_mean_correlation_of_those_that_move(self):
        correlation = values(
            image=[0.9, 0.2, 0.5, 0.4], video=[0.9, 0.3, 0.1, 0.4])
        motion = values(image=[0.1, 1., 2., 3.], video=[0.1, 1., 2., 3.])
        # clip 0 hardly moves
        assert pictures.best_clips(correlation, motion, 1) == [3]
        # for clip 2 one teacher does not make up for the other
        assert pictures.best_clips(correlation, motion, 3) == [3, 1, 2]

    def test_clips_that_hardly_move_follow_if_there_are_too_few(self):
        correlation = values(image=[0.9, 0.2, 0.8])
        motion = values(image=[0.1, 1., 0.2])  # above or at the median: 1, 2
        assert pictures.best_clips(correlation, motion, 3) == [2, 1, 0]

    def test_never_more_than_there_are(self):
        one = values(image=[0.1])
        assert pictures.best_clips(one, one, 3) == [0]


@pytest.mark.parametrize('repeated', [False, True])
def test_columns_count_frames_of_the_video(repeated):
    dataset = dict(pipeline=[
        dict(type='A'),
        dict(type='SampleFrames', clip_len=8, frame_interval=2)
    ])
    if repeated:
        dataset = dict(type='RepeatDataset', dataset=dataset)
    cfg = Config(dict(train_dataloader=dict(dataset=dataset)))
    assert pictures._columns(
        cfg, 4, 8) == ['frame +0', 'frame +4', 'frame +8', 'frame +12']
