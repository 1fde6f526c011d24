"""What is told to stop saves first, whatever else was told as well."""
import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest
import torch
from mmengine.hooks import Hook
from mmengine.registry import HOOKS

from mvd_mm.apis.resume import find_resumable


class Send(Hook):
    """Send signals to this process, its loader's workers, or all of them."""

    def __init__(self, at, numbers, workers=False, validating=False, wait=0.):
        self.at, self.numbers, self.wait = at, numbers, wait
        self.workers, self.validating = workers, validating

    def send(self, runner):
        pids = [os.getpid()]
        if self.workers:
            # first, as from a scheduler that signals them all
            pids = workers_of(runner) + pids
            assert len(pids) > 1
        for number in self.numbers:
            for pid in pids:
                os.kill(pid, number)
            time.sleep(self.wait)

    def after_train_iter(self, runner, *args, **kwargs):
        if not self.validating and runner.iter + 1 == self.at:
            self.send(runner)

    def after_val_iter(self, runner, *args, **kwargs):
        if self.validating and runner.iter == self.at:
            self.send(runner)


def workers_of(runner):
    iterator = runner.train_loop.dataloader._iterator
    return [worker.pid for worker in iterator._workers]


@pytest.fixture(autouse=True)
def handlers():
    """The signals are given back to whoever had them."""
    before = [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT)]
    yield
    assert before == [
        signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT)
    ]


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGINT])
def test_the_status_names_the_signal(make_runner, tmp_path, number):
    runner = make_runner(tmp_path, hooks=[Send(5, [number])])
    with pytest.raises(SystemExit) as exit_:
        runner.train()
    assert exit_.value.code == 128 + number
    assert find_resumable(tmp_path) == tmp_path / 'iter_5.pth'
    assert len(runner.model.seen) == 5


def test_with_accumulation_the_update_is_finished(make_runner, tmp_path):
    runner = make_runner(tmp_path, counts=3, hooks=[Send(4, [signal.SIGTERM])])
    with pytest.raises(SystemExit):
        runner.train()
    assert find_resumable(tmp_path) == tmp_path / 'iter_6.pth'


def test_during_validation_it_is_repeated(make_runner, resumed, same,
                                          tmp_path):
    whole = make_runner(tmp_path / 'whole')
    whole.train()
    runner = make_runner(
        tmp_path / 'run',
        hooks=[Send(7, [signal.SIGTERM], validating=True)],
        checkpoint=dict(interval=3))
    with pytest.raises(SystemExit) as exit_:
        runner.train()
    assert exit_.value.code == 143
    saved = torch.load(tmp_path / 'run' / 'iter_7.pth', weights_only=True)
    assert (saved['meta']['epoch'], saved['meta']['iter']) == (1, 7)
    again = resumed(tmp_path / 'run')
    assert same(whole, again)
    assert len(again.message_hub.get_scalar('val/mean').data[0]) == 3


def test_workers_that_are_told_as_well_go_on_until_it_is_saved(
        make_runner, resumed, same, tmp_path):
    whole = make_runner(tmp_path / 'whole')
    whole.train()
    begin = time.monotonic()
    runner = make_runner(
        tmp_path / 'run',
        workers=2,
        counts=1,
        hooks=[Send(9, [signal.SIGTERM, signal.SIGINT], workers=True)])
    with pytest.raises(SystemExit) as exit_:
        runner.train()
    assert exit_.value.code == 143  # of the first signal
    pids = workers_of(runner)
    runner.train_loop.dataloader._iterator._shutdown_workers()
    assert time.monotonic() - begin < 20
    assert not any(Path(f'/proc/{pid}').exists() for pid in pids)
    assert same(whole, resumed(tmp_path / 'run'))


def test_a_worker_that_alone_is_told_ends(make_runner, tmp_path):

    class EndWorker(Hook):

        def after_train_iter(self, runner, *args, **kwargs):
            if runner.iter == 2:
                os.kill(workers_of(runner)[0], signal.SIGTERM)
                time.sleep(1.5)

    runner = make_runner(tmp_path, workers=1, hooks=[EndWorker()])
    with pytest.raises(RuntimeError, match='worker'):
        runner.train()
    # as an error ends a process: it gives nothing back
    runner.hooks[-1].after_train(runner)
    assert not list(tmp_path.glob('*.pth'))


def test_workers_of_a_finished_run_end_without_an_error(make_runner, tmp_path):
    runner = make_runner(tmp_path, workers=1)
    runner.train()
    worker, = runner.train_loop.dataloader._iterator._workers
    begin = time.monotonic()
    worker.terminate()  # as the end of the interpreter does
    worker.join(10)
    assert worker.exitcode == 0 and time.monotonic() - begin < .9


def test_a_second_interrupt_ends_at_once(make_runner, tmp_path):
    hook = Send(5, [signal.SIGINT, signal.SIGINT], wait=2.1)
    with pytest.raises(SystemExit) as exit_:
        runner = make_runner(tmp_path, hooks=[hook])
        runner.train()
    assert exit_.value.code == 130
    assert not list(tmp_path.glob('*.pth'))
    runner.hooks[-1].after_train(runner)


def test_needs_a_hook_that_writes(make_runner, tmp_path):
    runner = make_runner(tmp_path)
    runner._hooks = [h for h in runner.hooks if 'Safe' not in type(h).__name__]
    with pytest.raises(ValueError, match='SafeCheckpointHook'):
        runner.train()


def test_is_the_last_hook_to_act():
    assert HOOKS.build(dict(type='mvd_mm.PreemptionHook')).priority == 'LOWEST'


def test_an_error_gives_the_signals_back(make_runner, tmp_path):

    class Break(Hook):

        def after_train_iter(self, runner, *args, **kwargs):
            raise InterruptedError

    # `handlers` compares afterwards
    with pytest.raises(InterruptedError):
        make_runner(tmp_path, hooks=[Break()]).train()


def test_a_pool_of_processes_beside_the_run_ends(make_runner, tmp_path):
    ended = []

    class Evaluate(Hook):
        """A pool that is never closed, as in MMAction2's AVA evaluation."""

        def after_train_iter(self, runner, *args, **kwargs):
            if runner.iter == 1:
                pool = multiprocessing.Pool(4)
                pool.map(abs, range(8))
                workers = list(pool._pool)
                pool.terminate()
                for worker in workers:
                    worker.join(10)
                ended.extend(worker.is_alive() for worker in workers)

    make_runner(tmp_path, hooks=[Evaluate()]).train()
    assert ended == [False] * 4
