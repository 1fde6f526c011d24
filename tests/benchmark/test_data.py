"""Samples of the pipeline beside those of a plain loader."""
import pytest
import torch

from mvd_mm.benchmark import run_data_benchmark
from mvd_mm.benchmark.data import data_sides

PIPELINE = [
    dict(type='DecordInit'),
    dict(type='mvd_mm.PretrainSampleFrames', clip_len=4, frame_interval=1),
    dict(type='DecordDecode'),
    dict(type='mvd_mm.TwoResolutionResize', scale=16),
    dict(type='mvd_mm.FormatViews', keys=('imgs', )),
]


@pytest.fixture
def video(make_video, tmp_path):
    path = tmp_path / 'clip.mp4'
    make_video(path, num_frames=8)
    return str(path)


def test_the_plain_side_resizes_twice_to_the_same_frames(video):
    clips = data_sides(PIPELINE, 'plain')['plain'](video)
    assert len(clips) == 2 and torch.equal(clips[0], clips[1])
    assert clips[0].shape == (3, 4, 16, 16)


def test_figures_of_both_sides(video):
    result = run_data_benchmark(PIPELINE, [video], 1, 'plain')
    assert set(result['sides']) == {'ours', 'plain'}
    assert result['cpu_speedup'] > 0


def test_a_pipeline_of_recognition_has_no_plain_side():
    with pytest.raises(ValueError, match='no mvd_mm.TwoResolutionResize'):
        data_sides([dict(type='DecordInit')], 'plain')
