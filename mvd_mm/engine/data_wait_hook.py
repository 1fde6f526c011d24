"""A warning where training waits for videos."""
import logging
import os
import time
from typing import Optional

from mmengine.hooks import Hook
from mmengine.logging import print_log

from mvd_mm.registry import HOOKS
from mvd_mm.utils.ranges import check_counts, check_shares

__all__ = ['DataWaitHook']


@HOOKS.register_module()
class DataWaitHook(Hook):
    """Say so, and what to do, when the loader takes much of each iteration.

    Sums ``data_time`` and ``time`` of MMEngine's ``IterTimerHook`` over some
    iterations. The first of each epoch, for which workers are started, does
    not count.

    Args:
        max_share (float): Share of the time above which it warns, in [0, 1).
        interval (int): Iterations that are summed.
        pause (float): Seconds from one warning to the next, at least.

    Raises:
        ValueError: If a number is out of its range.
    """

    priority = 'BELOW_NORMAL'  # behind IterTimerHook, which writes the times

    def __init__(self,
                 max_share: float = 0.3,
                 interval: int = 50,
                 pause: float = 600.) -> None:
        check_shares(max_share=max_share)
        check_counts(interval=interval)
        if pause < 0:
            raise ValueError(f'`pause` must not be negative, got {pause}')
        self.max_share = max_share
        self.interval = interval
        self.pause = pause
        self._waited = self._spent = 0.
        self._count = 0
        self._warned = -float('inf')

    def after_train_iter(self,
                         runner,
                         batch_idx: int,
                         data_batch: Optional[dict] = None,
                         outputs: Optional[dict] = None) -> None:
        """Add an iteration; warn where it is due."""
        if batch_idx == 0:
            return
        hub = runner.message_hub
        self._waited += hub.get_scalar('train/data_time').current()
        self._spent += hub.get_scalar('train/time').current()
        self._count += 1
        if self._count < self.interval:
            return
        waited, spent = self._waited, self._spent
        self._waited = self._spent = 0.
        self._count = 0
        now = time.monotonic()
        quiet = now < self._warned + self.pause
        if waited > self.max_share * spent and not quiet:
            self._warned = now
            print_log(
                self._advice(runner, waited, spent),
                logger='current',
                level=logging.WARNING)

    def _advice(self, runner, waited: float, spent: float) -> str:
        workers = runner.train_dataloader.num_workers
        cores = os.cpu_count() or 1
        if hasattr(os, 'sched_getaffinity'):
            cores = len(os.sched_getaffinity(0))
        return (
            f'waiting for data took {100 * waited / spent:.0f} % of the '
            f'last {self.interval} iterations ({waited / self.interval:.2f}'
            f' of {spent / self.interval:.2f} s each), with {workers} '
            f'loader processes on {cores} cores. If cores are idle, raise '
            '`train_dataloader.num_workers`; if not, copy the videos with '
            'tools/data/shrink_videos.py, which makes them two to four '
            'times as fast to read. docs/benchmarks.md says how many cores '
            'a GPU needs')
