"""What FlexibleRunner would ignore is handed on or refused."""
import pytest
import torch
from mmengine.config import Config

from mvd_mm.apis.strategies import check_strategy

OURS = ['mvd_mm.FSDPStrategy', 'mvd_mm.DeepSpeedStrategy']


def checked(**cfg):
    cfg = Config(dict(launcher='pytorch', **cfg))
    check_strategy(cfg)
    return cfg


def flexible(kind=None, **cfg):
    strategy = {} if kind is None else dict(strategy=dict(type=kind))
    return checked(runner_type='FlexibleRunner', **strategy, **cfg)


def test_other_runners_are_left_alone():
    assert 'strategy' not in checked(activation_checkpointing=['a'])


def test_a_strategy_that_nothing_reads_is_refused():
    with pytest.raises(ValueError, match="runner_type='FlexibleRunner'"):
        checked(strategy=dict(type='mvd_mm.FSDPStrategy'))


@pytest.mark.parametrize('kind', ['FSDPStrategy', 'DeepSpeedStrategy'])
def test_strategies_that_change_a_recipe_are_refused(kind):
    with pytest.raises(ValueError, match=f'use mvd_mm.{kind}'):
        flexible(kind)


@pytest.mark.parametrize('kind', OURS)
def test_activation_checkpointing_is_handed_on(kind):
    cfg = flexible(kind, activation_checkpointing=['a', 'b'])
    assert cfg.strategy.activation_checkpointing == ['a', 'b']
    with pytest.raises(ValueError, match='`activation_checkpointing` is not'):
        flexible(activation_checkpointing=['a', 'b'])


@pytest.mark.parametrize('kind', OURS)
def test_a_moving_average_is_refused(kind):
    with pytest.raises(ValueError, match='EMAHook copies the model'):
        flexible(kind, custom_hooks=[dict(type='EMAHook')])
    flexible(custom_hooks=[dict(type='EMAHook')])  # DDP


@pytest.mark.skipif(torch.cuda.is_available(), reason='for CPUs')
def test_ddp_on_cpus_gets_the_wrapper_for_them():
    wrapper = dict(type='MMDistributedDataParallel', device_ids=None)
    cfg = flexible(model_wrapper_cfg=wrapper)
    assert cfg.strategy.to_dict() == dict(
        type='DDPStrategy', model_wrapper=wrapper)
