"""Settings of a recipe become DeepSpeed's."""
import sys

import pytest

from mvd_mm.engine import DeepSpeedStrategy


def translated(tmp_path, **wrapper):
    pytest.importorskip('deepspeed')
    strategy = DeepSpeedStrategy(
        work_dir=str(tmp_path),
        env_kwargs=dict(launcher='none'),
        log_kwargs=dict(name=f'deepspeed-{tmp_path}'))
    return strategy._translate(wrapper), strategy.config


def test_accumulation_clipping_and_precision_are_handed_on(tmp_path):
    left, config = translated(
        tmp_path,
        type='AmpOptimWrapper',
        loss_scale='dynamic',
        accumulative_counts=4,
        clip_grad=dict(max_norm=2),
        optimizer=dict(type='AdamW', lr=1.))
    assert left == dict(
        type='mvd_mm.DeepSpeedOptimWrapper',
        optimizer=dict(type='AdamW', lr=1.))
    assert config['gradient_accumulation_steps'] == 4
    assert config['gradient_clipping'] == 2.
    assert config['torch_autocast'] == dict(enabled=True, dtype='float16')
    assert config['zero_optimization'] == dict(stage=1)


def test_what_has_no_equal_is_refused(tmp_path):
    with pytest.raises(ValueError, match='by the L2 norm alone'):
        translated(tmp_path, clip_grad=dict(clip_value=1.))
    with pytest.raises(ValueError, match='`optim_wrapper.type=Mine`'):
        translated(tmp_path, type='Mine')


def test_stage_3_is_refused_before_anything_else():
    with pytest.raises(ValueError, match='`stage` must be 1 or 2, got 3'):
        DeepSpeedStrategy(stage=3)


def test_without_deepspeed_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, 'deepspeed', None)
    with pytest.raises(ImportError, match='pip install deepspeed'):
        DeepSpeedStrategy()
