"""A run that is told to stop saves its state first."""
import os
import signal
import time
from multiprocessing import RawValue
from typing import Any, Dict, Optional

import torch
from mmengine import dist
from mmengine.hooks import Hook
from mmengine.logging import print_log

from mvd_mm.registry import HOOKS
from .safe_checkpoint_hook import SafeCheckpointHook, is_updated

__all__ = ['PreemptionHook']


@HOOKS.register_module()
class PreemptionHook(Hook):
    """Save and exit on SIGTERM and SIGINT.

    Schedulers send SIGTERM some time before they kill, torchrun hands it on
    to every process. The run finishes its iteration (with accumulation: its
    update), writes a checkpoint and ends with status 128 + the signal's
    number: 143 or 130. ``--resume`` goes on with the next iteration. A second
    Ctrl-C ends the run at once.

    Processes agree on the iteration by a byte that they exchange with each
    iteration, on the CPU and while the next iteration is computed.
    """

    priority = 'LOWEST'

    def __init__(self) -> None:
        self.signal = 0
        self._main = os.getpid()
        # shared with the loader's workers: the run is about to save and end
        self._is_ending = RawValue('b', 0)
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
        self._main = os.getpid()
        for number in (signal.SIGTERM, signal.SIGINT):
            self._previous[number] = signal.signal(number, self._take_note)
        if dist.get_world_size() > 1:
            self._group = torch.distributed.new_group(backend='gloo')

    def after_train_iter(self,
                         runner,
                         batch_idx: int,
                         data_batch: Any = None,
                         outputs: Any = None) -> None:
        """Save and exit, if any process was told to stop."""
        number = self._agree()
        if number and is_updated(runner):
            self._save(runner, runner.iter + 1)
            if self._group is not None:
                # a process that ended would take the writing one along
                torch.distributed.barrier(self._group)
            self._exit(number)

    def after_val_iter(self, runner, *args: Any, **kwargs: Any) -> None:
        """Save and exit; the validation starts again after resuming."""
        # every process has a signal of its own
        if self.signal:
            if dist.is_main_process():
                self._save(runner, runner.iter)
            self._exit(self.signal)

    def after_train(self, runner: Any) -> None:
        """Give the signals back to whoever had them."""
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        self._previous = {}

    def _take_note(self, number: int, frame: Any) -> None:
        if os.getpid() != self._main:
            self._take_note_in_worker(number)
            return
        if self.signal and number == signal.SIGINT:
            raise SystemExit(128 + number)
        # SIGTERM may come twice, from a scheduler and from torchrun
        self._is_ending.value = 1
        self.signal = number

    def _take_note_in_worker(self, number: int) -> None:
        """Go on while the run needs its data; a worker inherits the handler.

        Schedulers and terminals signal every process of a run. A worker that
        ended first would take the run down before it has saved.
        """
        if number == signal.SIGTERM:
            time.sleep(1)  # the main process may be a moment later
            if not self._is_ending.value:  # it ends its workers itself
                signal.signal(number, signal.SIG_DFL)
                os.kill(os.getpid(), number)

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
    def _save(runner, step: int) -> None:
        hook = _checkpoint_hook(runner)
        assert hook is not None  # checked in `before_train`
        hook.save_now(runner, step)

    def _exit(self, number: int) -> None:
        self.after_train(None)
        self._is_ending.value = 0
        print_log(
            f'told to stop by signal {number}: the state is saved, --resume '
            'goes on from it',
            logger='current')
        raise SystemExit(128 + number)


def _checkpoint_hook(runner) -> Optional[SafeCheckpointHook]:
    for hook in runner.hooks:
        if isinstance(hook, SafeCheckpointHook):
            return hook
    return None
