"""The schedule, driven as MMEngine's runner drives it."""
import json
import math
import os
import socket
import subprocess
import sys
import warnings
from pathlib import Path
from uuid import uuid4

import pytest
import torch
from mmengine.dataset import DefaultSampler
from mmengine.hooks import Hook
from mmengine.model import BaseModel
from mmengine.optim import OptimWrapper
from mmengine.registry import PARAM_SCHEDULERS
from mmengine.runner import Runner
from torch.utils.data import DataLoader, TensorDataset

from mvd_mm.engine import WarmupCosineLR, warmup_cosine_lr

ROOT = Path(__file__).parents[2]
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


def published(update, warmup, total, low=0.1):
    """The formula of the recipes, in updates."""
    if update < warmup:
        return update / max(warmup - 1, 1)
    progress = (update - warmup) / (total - warmup)
    return low + (1 - low) * (1 + math.cos(math.pi * progress)) / 2


@pytest.mark.parametrize('counts', [1, 2, 8])
@pytest.mark.parametrize('epoch_length', [8, 16])  # half the processes: twice
def test_accumulation_is_that_of_the_wrapper(epoch_length, counts):
    wrapper = make_wrapper(accumulative_counts=counts)
    scheduler = build(
        wrapper, epoch_length, warmup=2, end=6, eta_min_ratio=0.1)
    rates = [lr for lr, in batches(wrapper, scheduler, 6 * epoch_length)]
    warmup, total = (n * epoch_length // counts for n in (2, 6))
    assert rates == pytest.approx([
        published(i // counts, warmup, total) for i in range(6 * epoch_length)
    ])


class Record(Hook):
    """The rates with which the iterations of a run are trained."""

    def __init__(self):
        self.rates = []

    def before_train_iter(self, runner, batch_idx, data_batch=None):
        self.rates.append(runner.optim_wrapper.param_groups[0]['lr'])


def runner_of(max_epochs, tmp_path, counts=1, batch=4, scale=None, **schedule):
    """A real runner: MMEngine gives the schedule its length."""

    class Model(BaseModel):

        def __init__(self):
            super().__init__()
            self.weight = torch.nn.Parameter(torch.ones(2))

        def forward(self, inputs, data_samples=None, mode='loss'):
            return dict(loss=(self.weight * inputs).sum())

    data = TensorDataset(torch.ones(16, 2))
    # where this process is one of several
    several = torch.distributed.is_initialized()
    wrapper = dict(type='MMDistributedDataParallel', device_ids=None)
    return Runner(
        Model(),
        str(tmp_path),
        train_dataloader=DataLoader(
            data,
            batch_size=batch,
            drop_last=True,
            sampler=DefaultSampler(data, shuffle=False)),
        train_cfg=dict(type='EpochBasedTrainLoop', max_epochs=max_epochs),
        optim_wrapper=dict(
            accumulative_counts=counts, optimizer=dict(type='AdamW', lr=1.)),
        auto_scale_lr=scale,
        param_scheduler=dict(
            type='mvd_mm.WarmupCosineLR',
            convert_to_iter_based=True,
            eta_min_ratio=0.1,
            **schedule),
        custom_hooks=[dict(type='mvd_mm.RunSummaryHook'),
                      Record()],
        # MMEngine keeps the scope of the last runner of a process
        default_scope='mmaction',
        launcher='pytorch' if several else 'none',
        cfg=dict(model_wrapper_cfg=wrapper),
        experiment_name=uuid4().hex)


@pytest.mark.parametrize('max_epochs, warmup', [(20, 8), (10, 8), (2, 0)])
def test_length_is_that_of_the_run_alone(max_epochs, warmup, tmp_path):
    # 4 iterations an epoch; a warm-up of 2 epochs is as long as 2 epochs
    runner = runner_of(max_epochs, tmp_path, warmup=2)
    runner.train()
    scheduler, = runner.param_schedulers
    found = next(h.rates for h in runner.hooks if isinstance(h, Record))
    assert found == [scheduler.factor(i) for i in range(4 * max_epochs)] == [
        pytest.approx(published(i, warmup, 4 * max_epochs))
        for i in range(4 * max_epochs)
    ]


@pytest.mark.parametrize('counts', [1, 2, 4])
def test_accumulation_is_that_of_the_run_alone(counts, tmp_path):
    runner = runner_of(6, tmp_path, counts, warmup=2)  # 4 iterations an epoch
    runner.train()
    found = next(h.rates for h in runner.hooks if isinstance(h, Record))
    assert found == pytest.approx(
        [published(i // counts, 8 // counts, 24 // counts) for i in range(24)])


def recorded(folder, scaled):
    """Of a recipe for 4 samples a batch: 6 epochs, 2 of them warm-up."""
    scale = dict(enable=scaled, base_batch_size=4)
    runner = runner_of(6, folder, scale=scale, warmup=2)
    runner.train()
    return next(h.rates for h in runner.hooks if isinstance(h, Record))


@pytest.fixture(scope='module')
def of_two_processes(tmp_path_factory):
    """The rates of each of two real processes, which talk over gloo."""
    folder = tmp_path_factory.mktemp('two')
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    processes = [
        subprocess.Popen(
            [sys.executable, __file__, str(folder)],
            env=dict(
                os.environ,
                PYTHONPATH=os.pathsep.join([str(ROOT), *sys.path]),
                RANK=str(rank),
                LOCAL_RANK=str(rank),
                WORLD_SIZE='2',
                MASTER_ADDR='127.0.0.1',
                MASTER_PORT=str(port))) for rank in range(2)
    ]
    assert [p.wait(timeout=300) for p in processes] == [0, 0]
    return [
        json.loads((folder / f'{rank}.json').read_text()) for rank in range(2)
    ]


@pytest.mark.parametrize('scaled', [False, True])
def test_twice_the_processes_halve_the_length(scaled, tmp_path,
                                              of_two_processes):
    # 16 samples: 4 iterations an epoch of one process, 2 of two
    assert recorded(tmp_path, scaled) == pytest.approx(
        [published(i, 8, 24) for i in range(24)])
    # with --auto-scale-lr a batch twice as large has twice the rate
    peak = 2 if scaled else 1
    for found in of_two_processes:
        assert found[int(scaled)] == pytest.approx(
            [peak * published(i, 4, 12) for i in range(12)])


def test_a_set_smaller_than_a_batch_is_refused_before_training(tmp_path):
    runner = runner_of(3, tmp_path, batch=32, warmup=1)
    with pytest.raises(ValueError) as info:
        runner.train()
    for words in ('no iteration', 'smaller than a batch', 'drop_last',
                  'train_dataloader.batch_size'):
        assert words in str(info.value)


@pytest.mark.parametrize('max_epochs', [1, 2])
def test_a_run_shorter_than_the_warm_up_says_so_in_epochs(
        max_epochs, tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(warmup_cosine_lr, 'print_log',
                        lambda text, logger: said.append(text))
    runner_of(max_epochs, tmp_path, batch=1, warmup=2).train()
    assert f'warm-up of 2 epochs is not shorter than the run of {max_epochs}' \
        in said[0]
    assert f'shortened to {16 * max_epochs // 10} iterations' in said[0]
    assert '`param_scheduler.warmup`' in said[0] and len(said) == 1


def test_another_length_than_the_run_is_refused(tmp_path):
    runner = runner_of(3, tmp_path, warmup=1, end=4)
    with pytest.raises(ValueError, match='`param_scheduler.end` out'):
        runner.train()


@pytest.mark.parametrize('warmup', [30, 31, 400])
def test_a_warm_up_as_long_as_the_run_is_shortened_to_a_tenth(
        warmup, monkeypatch):
    said = []
    monkeypatch.setattr(warmup_cosine_lr, 'print_log',
                        lambda text, logger: said.append(text))
    scheduler = WarmupCosineLR(
        make_wrapper(), eta_min_ratio=0.1, warmup=warmup, end=30)
    assert scheduler.warmup_updates == 3
    assert f'warm-up of {warmup}' in said[0] and 'shortened to 3' in said[0]


def test_resumed_with_more_epochs_it_follows_the_longer_schedule(monkeypatch):
    said = []
    monkeypatch.setattr(warmup_cosine_lr, 'print_log',
                        lambda text, logger: said.append(text))
    cfg = dict(warmup=1, eta_min_ratio=0.1)
    wrapper = make_wrapper()
    short = build(wrapper, 4, end=3, **cfg)
    list(batches(wrapper, short, 12))

    longer = make_wrapper()
    scheduler = build(longer, 4, end=6, **cfg)
    longer.load_state_dict(wrapper.state_dict())  # in the runner's order
    scheduler.load_state_dict(short.state_dict())
    rates = [lr for lr, in batches(longer, scheduler, 12, total=24)]
    assert rates == pytest.approx([published(i, 4, 24) for i in range(12, 24)])
    assert 'end 12 there, 24 here' in said[0]


@pytest.mark.parametrize('steps', [7, -5, 100])
def test_shifted_it_is_where_that_many_iterations_lead(steps):
    wrapper = make_wrapper((1., 0.5))
    scheduler = build(
        wrapper, epoch_length=10, warmup=1, end=4, eta_min_ratio=0.1)
    for _ in batches(wrapper, scheduler, 12, total=40):
        pass
    before = scheduler.last_step
    scheduler.shift(steps)
    assert scheduler.last_step == min(before + steps, 39)
    factor = scheduler.factor(scheduler.last_step)
    # the wrapper's last group is the one that the log shows
    rates = [group['lr'] for group in wrapper.param_groups[:2]]
    assert rates == [factor, factor * 0.5]


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
    (dict(warmup=-1), 'warmup'),
    (dict(end=0), 'end'),
    (dict(accumulative_counts=4), 'optim_wrapper.accumulative_counts'),
])
def test_refuses_misuse(wrong, message):
    cfg = dict(warmup=2, end=10, eta_min_ratio=0.1)
    with pytest.raises(ValueError, match=message):
        WarmupCosineLR(make_wrapper(), **{**cfg, **wrong})


def test_refuses_epochs_of_unknown_length():
    with pytest.raises(ValueError, match='epoch_length'):
        WarmupCosineLR.build_iter_from_epoch(
            make_wrapper(), warmup=2, end=10, eta_min_ratio=0.1)


if __name__ == '__main__':  # one of two processes
    torch.distributed.init_process_group('gloo')
    place = Path(sys.argv[1])
    rates = [recorded(place, scaled) for scaled in (False, True)]
    rank = torch.distributed.get_rank()
    (place / f'{rank}.json').write_text(json.dumps(rates))
