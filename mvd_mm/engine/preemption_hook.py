"""A run that is told to stop saves its state first."""
import os
import signal
import threading
import time
from datetime import timedelta
from functools import partial
from multiprocessing import RawValue
from typing import Any, Callable, Dict, Optional

import torch
from mmengine import dist
from mmengine.hooks import Hook
from mmengine.logging import print_log

from mvd_mm.registry import HOOKS
from .gradient_norm import is_sharded
from .safe_checkpoint_hook import SafeCheckpointHook, is_updated

__all__ = ['PreemptionHook']

_RUNS, _SAVES, _IS_OVER = range(3)


@HOOKS.register_module()
class PreemptionHook(Hook):
    """Save and exit on SIGTERM and SIGINT.

    Schedulers send SIGTERM some time before they kill, torchrun hands it on
    to every process. The run finishes its iteration (with accumulation: its
    update), writes a checkpoint and ends with status 128 + the signal's
    number: 143 or 130. ``--resume`` goes on with the next iteration. Another
    Ctrl-C, two seconds later or more, ends the run at once.

    Processes agree on the iteration by a number that they exchange with each
    iteration, on the CPU and while the next iteration is computed.
    """

    priority = 'LOWEST'
    #: what a process waits for the others, in seconds, in a validation:
    #: each learns of the signal by itself
    patience = 10

    def __init__(self) -> None:
        self.signal = 0
        self._told_at = 0.
        # shared with the loader's workers
        self._state = RawValue('b', _RUNS)
        self._previous: Dict[int, Any] = {}
        self._group: Optional[Any] = None
        self._exchange: Optional[tuple] = None

    def before_train(self, runner) -> None:
        """Listen for signals.

        Raises:
            ValueError: If no hook of the run can write the checkpoint.
        """
        if _checkpoint_hook(runner) is None:
            raise ValueError(
                '`mvd_mm.PreemptionHook` needs `default_hooks.checkpoint.type='
                "'mvd_mm.SafeCheckpointHook'`, which writes the checkpoint")
        self._state.value = _RUNS
        for loop in (runner.train_loop, runner.val_loop):
            if loop is not None:
                loader = loop.dataloader
                loader.worker_init_fn = partial(
                    _init_worker,
                    init=loader.worker_init_fn,
                    state=self._state)
        # Python allows handlers in its main thread only
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                self._previous[number] = signal.signal(number, self._take_note)
        if dist.get_world_size() > 1:
            self._group = torch.distributed.new_group(backend='gloo')

    def after_train_iter(self,
                         runner,
                         batch_idx: int,
                         data_batch: Any = None,
                         outputs: Any = None) -> None:
        """Save and exit, if any process was told to stop.

        Raises:
            SystemExit: With 128 + the number of the signal, if one came.
        """
        number = self._agree()
        if number and is_updated(runner):
            self._save(runner, runner.iter + 1)
            if self._group is not None:
                # a process that ended would take the writing one along
                torch.distributed.barrier(self._group)
            self._exit(number)

    def after_val_iter(self, runner, *args: Any, **kwargs: Any) -> None:
        """Save and exit; the validation starts again after resuming.

        Raises:
            SystemExit: With 128 + the number of the signal, if one came.
        """
        if is_sharded(runner.model):
            # each holds a part of the checkpoint, and in validation too they
            # exchange weights with each batch
            number = self._agree()
            if number:
                self._save(runner, runner.iter)
                if self._group is not None:
                    torch.distributed.barrier(self._group)
                self._exit(number)
            return
        if self.signal:
            if dist.is_main_process():
                self._save(runner, runner.iter, together=False)
            if self._group is not None:
                self._wait_for_others()
            self._exit(self.signal)

    def after_train(self, runner: Any) -> None:
        """Give the signals back to whoever had them."""
        # as the interpreter ends, it ends the workers that are left, each by
        # a signal, and an error in one of them would be told
        self._state.value = _IS_OVER
        if self._exchange is not None:
            self._exchange[1].wait()
            self._exchange = None
        if self._group is not None:
            # its threads must not outlive the interpreter
            torch.distributed.destroy_process_group(self._group)
            self._group = None
        self.release_signals()

    def release_signals(self) -> None:
        """The same, also where the training ends with an error."""
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        self._previous = {}

    def _take_note(self, number: int, frame: Any) -> None:
        now = time.monotonic()
        # a terminal and a launcher may both hand on the same Ctrl-C
        if self.signal and number == signal.SIGINT and now > self._told_at + 2:
            raise SystemExit(128 + number)
        self._state.value = _SAVES
        if not self.signal:
            self.signal, self._told_at = number, now

    def _wait_for_others(self) -> None:
        try:
            torch.distributed.monitored_barrier(
                self._group, timedelta(seconds=self.patience))
        except RuntimeError:
            pass  # they were not told, or are gone; this one was

    def _agree(self) -> int:
        """The signal that any process had by the last iteration."""
        if self._group is None:
            return self.signal
        number = 0
        if self._exchange is not None:
            value, work = self._exchange
            work.wait()
            number = int(value.item())
        value = torch.tensor([self.signal])
        self._exchange = value, torch.distributed.all_reduce(
            value,
            torch.distributed.ReduceOp.MAX,
            group=self._group,
            async_op=True)
        return number

    @staticmethod
    def _save(runner, step: int, together: bool = True) -> None:
        hook = _checkpoint_hook(runner)
        assert hook is not None  # checked in `before_train`
        hook.save_now(runner, step, together)

    def _exit(self, number: int) -> None:
        self.after_train(None)
        print_log(
            f'told to stop by signal {number}: the state is saved, --resume '
            'goes on from it',
            logger='current')
        raise SystemExit(128 + number)


def _init_worker(worker_id: int, init: Optional[Callable], state) -> None:
    """Let a loader's worker go on while the run needs its data.

    Schedulers, terminals and launchers signal every process of a run. A
    worker that ended first would take the run down before it has saved.
    """
    if init is not None:
        init(worker_id)

    def end_after_the_run(number: int, frame: Any) -> None:
        for _ in range(10):  # the main process may be a moment later
            if state.value == _SAVES:
                return
            if state.value == _IS_OVER:
                os._exit(0)
            time.sleep(0.1)
        os._exit(128 + number)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # torch has a handler of its own, set before this function is called
    signal.signal(signal.SIGTERM, end_after_the_run)


def _end_by_signals() -> None:
    """Let a forked process end when it is told to.

    MMAction2 evaluates detection in a pool of processes, which inherit the
    handlers and would outlive the signal that ends the pool. Loader workers
    get a handler of their own afterwards.
    """
    for number, default in ((signal.SIGTERM, signal.SIG_DFL),
                            (signal.SIGINT, signal.default_int_handler)):
        handler = signal.getsignal(number)
        if getattr(handler, '__func__', None) is PreemptionHook._take_note:
            signal.signal(number, default)


os.register_at_fork(after_in_child=_end_by_signals)


def _checkpoint_hook(runner) -> Optional[SafeCheckpointHook]:
    for hook in runner.hooks:
        if isinstance(hook, SafeCheckpointHook):
            return hook
    return None
