"""What the log says before the first iteration."""
from functools import partial
from types import SimpleNamespace

import pytest
import torch
from mmaction.datasets.repeat_aug_dataset import repeat_pseudo_collate
from mmengine.dataset import pseudo_collate
from mmengine.optim import OptimWrapper
from mmengine.runner import EpochBasedTrainLoop

from mvd_mm.engine import RunSummaryHook, run_summary_hook


@pytest.fixture
def said(monkeypatch):
    lines = []
    monkeypatch.setattr(run_summary_hook, 'print_log',
                        lambda text, logger: lines.append(text))
    return lines


def make_runner(count=1, repeats=None, lrs=(1e-3, ), iters=10):
    groups = [
        dict(params=[torch.nn.Parameter(torch.ones(1))], lr=lr) for lr in lrs
    ]
    optimizer = torch.optim.AdamW(groups)
    for group in optimizer.param_groups:
        group['initial_lr'], group['lr'] = group['lr'], 0.  # warm-up began
    dataset = SimpleNamespace()
    if repeats:
        # below a wrapper, as RepeatDataset is
        dataset = SimpleNamespace(dataset=SimpleNamespace(num_repeats=repeats))
    loop = object.__new__(EpochBasedTrainLoop)
    return SimpleNamespace(
        model=SimpleNamespace(),
        optim_wrapper=OptimWrapper(optimizer, accumulative_counts=count),
        train_dataloader=SimpleNamespace(batch_size=6, dataset=dataset),
        train_loop=loop,
        param_schedulers=[],
        max_epochs=5,
        max_iters=iters,
        iter=0)


def test_effective_batch_counts_processes_accumulation_and_repeats(
        said, monkeypatch):
    monkeypatch.setattr(run_summary_hook, 'get_world_size', lambda: 32)
    RunSummaryHook().before_train(make_runner(count=2, repeats=2))
    assert said[0] == ('effective batch 384 = 32 processes x 6 per process x '
                       '2 accumulated, 2 repeats of each: 768 clips per '
                       'update')


def test_an_epoch_without_a_batch_is_refused():
    runner = make_runner(iters=0)
    runner.train_dataloader.dataset = range(5)
    with pytest.raises(ValueError) as info:
        RunSummaryHook().before_train(runner)
    for words in ('no iteration', 'has 5 samples for 1 processes of 6',
                  'train_dataloader.drop_last', 'train_dataloader.batch_size'):
        assert words in str(info.value)


def test_without_repeats_none_are_named(said):
    RunSummaryHook().before_train(make_runner())
    assert said[0] == ('effective batch 6 = 1 processes x 6 per process x 1 '
                       'accumulated')


def test_peak_not_the_first_value_of_a_warm_up_is_stated(said):
    RunSummaryHook().before_train(make_runner(lrs=(2.5e-4, 1e-3)))
    assert said[1] == ('peak learning rate 0.00025 (first layer) to 0.001; '
                       '5 epochs, 10 iterations, 10 updates of the weights; '
                       'starts at iteration 0')


def test_clipping_is_stated(said):
    runner = make_runner()
    runner.optim_wrapper.clip_grad_kwargs = dict(max_norm=0.02, norm_type=2)
    RunSummaryHook().before_train(runner)
    assert said[1].startswith('peak learning rate 0.001; gradients clipped at '
                              'max_norm=0.02, norm_type=2; 5 epochs, ')


def test_a_last_incomplete_accumulation_is_an_update(said):
    RunSummaryHook().before_train(make_runner(count=4, iters=10))
    assert '10 iterations, 3 updates' in said[1]


def test_repeats_need_the_function_that_strings_them_together(said):
    runner = make_runner(repeats=2)
    runner.train_dataloader.collate_fn = partial(pseudo_collate)
    with pytest.raises(ValueError, match="type='repeat_pseudo_collate'"):
        RunSummaryHook().before_train(runner)
    runner.train_dataloader.collate_fn = partial(repeat_pseudo_collate)
    RunSummaryHook().before_train(runner)


def test_a_test_is_not_described(said):
    RunSummaryHook().before_run(SimpleNamespace(_train_loop=None))
    assert said == []
