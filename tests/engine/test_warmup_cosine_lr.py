"""The schedule, driven as MMEngine's runner drives it."""
import json
import warnings
from pathlib import Path

import pytest
import torch
from mmengine.optim import OptimWrapper
from mmengine.registry import PARAM_SCHEDULERS

from mvd_mm.engine import WarmupCosineLR

DATA = Path(__file__).parents[1] / 'data'
CASES = json.loads((DATA / 'lr_schedule.json').read_text())


def make_wrapper(lrs=(1., ), accumulative_counts=1):
    groups = [
        dict(params=[torch.nn.Parameter(torch.ones(2))], lr=lr) for lr in lrs
    ]
    return OptimWrapper(
        torch.optim.AdamW(groups), accumulative_counts=accumulative_counts)


def build(wrapper, epoch_length, **cfg):
    """Build as the runner does, from a config in epochs."""
    return PARAM_SCHEDULERS.build(
        dict(type='mvd_mm.WarmupCosineLR', convert_to_iter_based=True, **cfg),
        default_args=dict(optimizer=wrapper, epoch_length=epoch_length))


def batches(wrapper, scheduler, number, total=None):
    """Yield the learning rates that each batch is trained with."""
    wrapper.initialize_count_status(
        torch.nn.Linear(1, 1), scheduler.last_step, total or number)
    for _ in range(number):
        groups = wrapper.optimizer.param_groups
        yield [group['lr'] for group in groups]
        wrapper.update_params(sum(g['params'][0].sum() for g in groups))
        scheduler.step()


@pytest.mark.parametrize(
    'case', CASES, ids=lambda c: f'{c["epochs"]}x{c["iters_per_epoch"]}')
def test_equals_the_published_schedule(case):
    wrapper = make_wrapper([case['base']])
    scheduler = build(
        wrapper,
        case['iters_per_epoch'],
        warmup=case['warmup_epochs'],
        end=case['epochs'],
        eta_min_ratio=case['final'] / case['base'])
    total = case['epochs'] * case['iters_per_epoch']
    lrs = [lr for lr, in batches(wrapper, scheduler, total)]
    for step, lr in case['points'].items():
        assert lrs[int(step)] == pytest.approx(lr, rel=1e-9, abs=1e-18)
    assert lrs[0] == 0
    warmup = case['warmup_epochs'] * case['iters_per_epoch']
    assert lrs[warmup - 1] == case['base']


@pytest.mark.parametrize('case', CASES[:2], ids=['min-4e-4', 'min-4e-5'])
def test_accumulation_repeats_each_value_of_the_schedule(case):
    count = 4
    wrapper = make_wrapper([case['base']], accumulative_counts=count)
    updates = case['epochs'] * case['iters_per_epoch']
    scheduler = build(
        wrapper,
        count * case['iters_per_epoch'],
        warmup=case['warmup_epochs'],
        end=case['epochs'],
        eta_min_ratio=case['final'] / case['base'],
        accumulative_counts=count)
    lrs = [lr for lr, in batches(wrapper, scheduler, count * updates)]
    for start in range(0, len(lrs), count):
        assert len(set(lrs[start:start + count])) == 1
    for step, lr in case['points'].items():
        assert lrs[count * int(step)] == pytest.approx(lr, rel=1e-9, abs=1e-18)


def test_starts_at_its_share_of_each_groups_peak():
    wrapper = make_wrapper(lrs=(0.2, 0.1))
    scheduler = build(
        wrapper, 4, warmup=2, end=4, start_ratio=0.3, eta_min_ratio=0.)
    rates = list(batches(wrapper, scheduler, 16))
    for update in range(8):  # W = 8
        factor = 0.3 + 0.7 * update / 7
        assert rates[update] == pytest.approx([0.2 * factor, 0.1 * factor])


def test_groups_of_a_layer_decay_keep_their_ratio():
    wrapper = make_wrapper([1e-3, 0.75e-3, 0.75**5 * 1e-3])
    scheduler = build(wrapper, 4, warmup=2, end=10, eta_min_ratio=0.01)
    for first, second, third in batches(wrapper, scheduler, 40):
        assert second == pytest.approx(0.75 * first)
        assert third == pytest.approx(0.75**5 * first)
    # the end is a share of each peak, not one absolute value for all
    assert third < 0.01 * 1e-3


@pytest.mark.parametrize('count', [1, 3])
@pytest.mark.parametrize('stop', [1, 6, 15, 29])
def test_resumes_where_it_stopped(stop, count):
    cfg = dict(warmup=2, end=10, eta_min_ratio=0.1, accumulative_counts=count)
    wrapper = make_wrapper(accumulative_counts=count)
    whole = list(batches(wrapper, build(wrapper, 3, **cfg), 30))

    wrapper = make_wrapper(accumulative_counts=count)
    scheduler = build(wrapper, 3, **cfg)
    lrs = list(batches(wrapper, scheduler, stop, total=30))
    saved = scheduler.state_dict(), wrapper.state_dict()
    json.dumps(saved[0])  # plain numbers: no optimizer, no tensors

    wrapper = make_wrapper(accumulative_counts=count)
    scheduler = build(wrapper, 3, **cfg)
    scheduler.load_state_dict(saved[0])
    wrapper.load_state_dict(saved[1])
    lrs += list(batches(wrapper, scheduler, 30 - stop, total=30))
    assert lrs == whole


def test_stays_at_its_last_value_after_the_end():
    wrapper = make_wrapper()
    scheduler = build(wrapper, 1, warmup=1, end=4, eta_min_ratio=0.1)
    lrs = [lr for lr, in batches(wrapper, scheduler, 8)]
    assert lrs[4:] == [lrs[3]] * 4


@pytest.mark.parametrize('count', [1, 2])
def test_no_warning(count):
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        wrapper = make_wrapper(accumulative_counts=count)
        scheduler = build(
            wrapper,
            4,
            warmup=1,
            end=3,
            eta_min_ratio=0.1,
            accumulative_counts=count)
        list(batches(wrapper, scheduler, 12))


@pytest.mark.parametrize('wrong, message', [
    (dict(by_epoch=True), 'by_epoch'),
    (dict(eta_min_ratio=1.5), 'eta_min_ratio'),
    (dict(eta_min_ratio=-0.1), 'eta_min_ratio'),
    (dict(start_ratio=1.5), 'start_ratio'),
    (dict(warmup=10), 'warmup'),
    (dict(warmup=-1), 'warmup'),
])
def test_refuses_misuse(wrong, message):
    cfg = dict(warmup=2, end=10, eta_min_ratio=0.1)
    with pytest.raises(ValueError, match=message):
        WarmupCosineLR(make_wrapper(), **{**cfg, **wrong})


def test_refuses_epochs_of_unknown_length():
    with pytest.raises(ValueError, match='epoch_length'):
        WarmupCosineLR.build_iter_from_epoch(
            make_wrapper(), warmup=2, end=10, eta_min_ratio=0.1)
