"""Samples of the pipelines beside those of the loader as published."""
import numpy as np
import pytest
import torch
from mmengine.config import Config

from mvd_mm.benchmark import format_report, run_data_benchmark
from mvd_mm.benchmark.data import data_sides, take_turns

PRETRAIN = 'configs/_base_/datasets/kinetics400_mvd.py'
FINETUNE = 'configs/_base_/datasets/kinetics400_recognition.py'


def pipeline(path, clip_len=4, size=32):
    steps = [dict(step) for step in Config.fromfile(path).train_pipeline]
    steps[1].update(clip_len=clip_len, frame_interval=1)
    for step in steps:
        for key in ('size', 'scale', 'input_size'):
            if key in step:
                step[key] = size
    return steps


@pytest.fixture
def video(make_video, tmp_path):
    path = tmp_path / 'clip.mp4'
    make_video(path, size=(64, 48), num_frames=8)
    return str(path)


def normalised(clip):
    mean = torch.tensor([123.675, 116.28, 103.53]).view(3, 1, 1, 1)
    std = torch.tensor([58.395, 57.12, 57.375]).view(3, 1, 1, 1)
    return (clip.float() - mean) / std


def test_pretraining_sees_the_pixels_of_the_published_loader(video):
    sides = data_sides(pipeline(PRETRAIN), 'plain', samples=1)
    for seed in range(3):
        np.random.seed(seed)
        ours, = sides['ours'](video)
        np.random.seed(seed)
        (student, teacher), = sides['plain'](video)
        assert student.shape == (3, 4, 32, 32)
        # the published loader resizes twice, even to one size
        assert torch.equal(student, teacher)
        clip = normalised(ours['inputs']['imgs'][0])
        torch.testing.assert_close(clip, student, rtol=1e-5, atol=1e-5)


def test_finetuning_sees_the_pixels_of_the_published_loader(video):
    sides = data_sides(pipeline(FINETUNE), 'plain', samples=1)
    for seed in range(12):
        np.random.seed(seed)
        ours, = sides['ours'](video)
        np.random.seed(seed)
        plain, = sides['plain'](video)
        clip = normalised(ours['inputs'][0])
        torch.testing.assert_close(clip, plain, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize('path, rows', [(PRETRAIN, 2), (FINETUNE, 3)])
def test_figures_of_both_sides(video, path, rows):
    result = run_data_benchmark(
        pipeline(path), [video], 1, 'plain', samples=(1, 2))
    assert len(result['rows']) == rows
    for row in result['rows']:
        assert set(row['sides']) == {'ours', 'plain'}
        assert row['cpu_speedup'] > 0 and row['speedup'] > 0
    text = format_report(result)
    assert text.count('x the plain side') == rows
    assert ('without decoding' in text) == (path == FINETUNE)


def test_ours_alone_needs_no_plain_side(video):
    steps = [dict(step) for step in pipeline(PRETRAIN)[:3]]
    row, = run_data_benchmark(steps, [video], 1)['rows']
    assert set(row['sides']) == {'ours'} and 'speedup' not in row


def test_times_are_of_a_sample_and_sides_take_turns():
    calls = []
    found = take_turns(
        {
            name: lambda path, n=name: calls.append((n, path))
            for name in 'ab'
        }, ['x', 'y'],
        repeats=2,
        samples=4)
    assert calls == [(n, p) for _ in range(3) for n in 'ab' for p in 'xy']
    assert len(found['a']['rounds']) == 2 and found['a']['ms'] > 0


def test_other_pipelines_have_no_plain_side():
    with pytest.raises(ValueError, match='TwoResolutionResize nor'):
        data_sides([dict(type='DecordInit')], 'plain')
