"""A run never has fewer whole checkpoints than before."""
import logging
import shutil
from pathlib import Path

import pytest
import torch
from mmengine.hooks import Hook
from mmengine.registry import HOOKS, METRICS

from mvd_mm.engine import SafeCheckpointHook


class Break(Hook):
    """Break off after an iteration."""

    def __init__(self, at):
        self.at = at

    def after_train_iter(self, runner, *args, **kwargs):
        if runner.iter + 1 == self.at:
            raise InterruptedError


class Listing(Hook):
    """What is there at the moment that each checkpoint is written."""

    def __init__(self):
        self.seen = []

    def before_save_checkpoint(self, runner, checkpoint):
        self.seen.append(names(runner.work_dir))


@pytest.fixture
def improving(monkeypatch):
    """Let the validation be better every time."""
    values = iter(range(100))
    monkeypatch.setattr(
        METRICS.get('Mean'), 'compute_metrics',
        lambda self, results: dict(mean=next(values)))


def names(work_dir):
    return sorted(p.name for p in Path(work_dir).glob('*.pth'))


def test_two_are_kept_and_the_old_one_goes_last(make_runner, tmp_path):
    listing = Listing()
    make_runner(
        tmp_path, epochs=4, hooks=[listing],
        checkpoint=dict(max_keep_ckpts=1)).train()
    assert names(tmp_path) == ['epoch_3.pth', 'epoch_4.pth']
    assert listing.seen[-1] == ['epoch_2.pth', 'epoch_3.pth']


def test_the_previous_best_goes_last(make_runner, improving, tmp_path):
    listing = Listing()
    make_runner(
        tmp_path,
        hooks=[listing],
        checkpoint=dict(save_best='mean', rule='greater')).train()
    bests = [[n for n in seen if n.startswith('best')]
             for seen in listing.seen]
    assert ['best_mean_epoch_2.pth'] in bests
    assert bests[-2] == ['best_mean_epoch_2.pth']  # while the third is written
    assert [n for n in names(tmp_path)
            if n.startswith('best')] == ['best_mean_epoch_3.pth']


def test_a_moved_run_goes_on_and_removes_its_best_in_the_new_place(
        make_runner, resumed, improving, tmp_path):
    options = dict(save_best='mean', rule='greater', max_keep_ckpts=2)
    with pytest.raises(InterruptedError):
        make_runner(
            tmp_path / 'old', hooks=[Break(17)], checkpoint=options).train()
    assert (tmp_path / 'old' / 'last_checkpoint').read_text() == 'epoch_2.pth'
    shutil.copytree(tmp_path / 'old', tmp_path / 'copy')
    (tmp_path / 'old').rename(tmp_path / 'new')
    (tmp_path / 'copy').rename(tmp_path / 'old')
    runner = resumed(tmp_path / 'new', checkpoint=options)
    assert runner.iter == 21
    assert names(tmp_path / 'new') == [
        'best_mean_epoch_3.pth', 'epoch_2.pth', 'epoch_3.pth'
    ]
    assert 'best_mean_epoch_2.pth' in names(tmp_path / 'old')


@pytest.mark.parametrize('options, kept', [
    (dict(iters=3), ['iter_18.pth', 'iter_21.pth']),
    (dict(minutes=1e-9), ['iter_20.pth', 'iter_21.pth']),
    (dict(minutes=1e9), []),
])
def test_between_epochs_the_last_two_are_kept(make_runner, tmp_path, options,
                                              kept):
    make_runner(tmp_path, checkpoint=options).train()
    assert [n for n in names(tmp_path) if n.startswith('iter')] == kept


def test_of_several_processes_the_first_one_has_the_clock(
        make_runner, tmp_path, monkeypatch):
    asked = []

    def first_one_says_no(answer):
        asked.append(answer.item())
        answer.zero_()

    module = 'mvd_mm.engine.safe_checkpoint_hook.dist'
    monkeypatch.setattr(f'{module}.get_world_size', lambda: 2)
    monkeypatch.setattr(f'{module}.broadcast', first_one_says_no)
    runner = make_runner(tmp_path)
    hook = next(h for h in runner.hooks if isinstance(h, SafeCheckpointHook))
    hook.minutes = 1e-9
    runner._train_loop = runner.build_train_loop(runner._train_loop)
    runner.optim_wrapper = runner.build_optim_wrapper(runner.optim_wrapper)
    for done in range(1, 31):
        runner.train_loop._iter = done - 1
        runner.optim_wrapper._inner_count = done
        assert not hook._is_time(runner)
    assert asked == [1, 1, 1]  # at 10, 20 and 30


@pytest.mark.parametrize('counts', [1, 2])
def test_goes_on_within_an_epoch_with_the_same_bits(make_runner, resumed, same,
                                                    tmp_path, counts):
    whole = make_runner(tmp_path / 'whole', counts=counts)
    whole.train()
    options = dict(iters=2)
    with pytest.raises(InterruptedError):
        make_runner(
            tmp_path / 'run',
            counts=counts,
            hooks=[Break(13)],
            checkpoint=options).train()
    assert (tmp_path / 'run' / 'last_checkpoint').read_text() == 'iter_12.pth'
    again = resumed(tmp_path / 'run', counts=counts, checkpoint=options)
    assert len(again.model.seen) == 21 - 12
    assert same(whole, again)


def test_a_full_disk_keeps_what_was_there_and_the_run_can_go_on(
        make_runner, resumed, same, tmp_path, monkeypatch):
    whole = make_runner(tmp_path / 'whole')
    whole.train()
    work_dir, save = tmp_path / 'run', torch.save

    def full(checkpoint, file):
        if checkpoint['meta']['epoch'] == 2:
            file.write(b'half')
            raise OSError(28, 'No space left on device')
        save(checkpoint, file)

    monkeypatch.setattr(torch, 'save', full)
    with pytest.raises(OSError, match='epoch_2.pth could not.*No space left'):
        make_runner(work_dir).train()
    assert names(work_dir) == ['epoch_1.pth']
    assert (work_dir / 'last_checkpoint').read_text() == 'epoch_1.pth'
    assert not list(work_dir.glob('.*.part'))
    monkeypatch.undo()
    assert same(whole, resumed(work_dir))


def test_what_a_killed_writing_left_is_removed(make_runner, tmp_path):
    (tmp_path / '.iter_5.pth.part').write_bytes(b'half')
    make_runner(tmp_path, epochs=1).train()
    assert not list(tmp_path.glob('.*.part'))


def test_differences_are_told_and_which_take_effect(make_runner, resumed,
                                                    tmp_path):
    with pytest.raises(InterruptedError):
        make_runner(tmp_path, hooks=[Break(9)]).train()
    lines = []

    class Collect(logging.Handler):

        def emit(self, record):
            lines.append(record.getMessage())

    class Listen(Hook):

        def before_run(self, runner):
            runner.logger.addHandler(Collect(level=logging.WARNING))

    again = resumed(
        tmp_path, epochs=4, batch_size=7, seed=5, lr=0.2, hooks=[Listen()])
    for words in (
            'epochs: 3 in the checkpoint, 4 here; this run',
            'batch size per process: 2 in the checkpoint, 7 here; this run',
            'batches in an epoch: 7 in the checkpoint, 2 here; this run',
            'seed: 0 in the checkpoint, 5 here; the checkpoint',
            'peak learning rate: 0.1 in the checkpoint, 0.2 here; the check'):
        assert sum(words in line for line in lines) == 1, (words, lines)
    assert not any('processes:' in line or 'decay' in line for line in lines)
    assert again.epoch == 4 and again.iter == 8 and again.seed == 0
    group, = again.optim_wrapper.param_groups
    assert group['initial_lr'] == 0.1


def test_without_differences_nothing_is_told(make_runner, resumed, tmp_path,
                                             capsys):
    with pytest.raises(InterruptedError):
        make_runner(tmp_path, hooks=[Break(9)]).train()
    capsys.readouterr()
    resumed(tmp_path)
    assert 'resuming with another' not in capsys.readouterr().err


@pytest.mark.parametrize('options', [
    dict(minutes=0),
    dict(iters=-1),
])
def test_refuses_what_is_not_positive(options):
    name, = options
    with pytest.raises(ValueError, match=f'`{name}` must be positive'):
        HOOKS.build(dict(type='mvd_mm.SafeCheckpointHook', **options))


def test_a_misspelt_option_is_refused_at_once():
    with pytest.raises(TypeError, match='max_keep_ckpt'):
        HOOKS.build(dict(type='mvd_mm.SafeCheckpointHook', max_keep_ckpt=3))


def test_validation_without_training_keeps_nothing(make_runner, tmp_path):
    runner = make_runner(
        tmp_path, checkpoint=dict(save_best='mean', rule='less'))
    assert 'mean' in runner.val()
    assert not list(tmp_path.glob('*.pth'))
