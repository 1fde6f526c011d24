"""Broken videos over all workers and processes: named, counted, limited."""
import logging
from typing import Any, Dict, Iterator, List, Optional, Set

from mmengine.dist import all_gather_object, get_world_size, is_main_process
from mmengine.hooks import Hook
from mmengine.logging import print_log

from mvd_mm.registry import HOOKS

__all__ = ['BrokenVideosHook']


@HOOKS.register_module()
class BrokenVideosHook(Hook):
    """Say which videos cannot be read, and stop when they are too many.

    Each file is named once, with the reason, whichever worker of whichever
    process met it first. The number is logged after each epoch, and after
    validation and testing where the data set counts such videos as wrong.

    Args:
        max_share (float): Share of the entries of the training list above
            which the run stops.
        interval (int): Iterations between two looks at what the workers
            found.

    Raises:
        ValueError: If ``max_share`` is outside [0, 1] or ``interval`` is
            below 1.
        RuntimeError: In training, above ``max_share``; lists the files.
    """

    def __init__(self, max_share: float = 0.05, interval: int = 20) -> None:
        if not 0 <= max_share <= 1:
            raise ValueError(f'`max_share` must be in [0, 1], got {max_share}')
        if interval < 1:
            raise ValueError(f'`interval` must be at least 1, got {interval}')
        self.max_share = max_share
        self.interval = interval
        self._named: Set[str] = set()
        self._broken = 0
        self._replaced = 0

    def before_train(self, runner) -> None:
        """Take over the naming of files from the workers."""
        self._replaced = 0
        self._take_over(runner.train_dataloader)

    def before_val(self, runner) -> None:
        """Take over the naming of files from the workers."""
        self._take_over(runner.val_dataloader)

    def before_test(self, runner) -> None:
        """Take over the naming of files from the workers."""
        self._take_over(runner.test_dataloader)

    def after_train_iter(self,
                         runner,
                         batch_idx: int,
                         data_batch: Optional[dict] = None,
                         outputs: Optional[dict] = None) -> None:
        """Look at what the workers found."""
        if self.every_n_train_iters(runner, self.interval):
            self._check(runner)

    def after_train_epoch(self, runner) -> None:
        """Log the numbers of this epoch."""
        self._check(runner)
        total = sum(ledger.total()
                    for ledger in _ledgers(runner.train_dataloader.dataset))
        total = sum(self._gather(total))
        if total > self._replaced:
            self._warn(f'broken videos: {self._broken} of '
                       f'{_size(runner)} so far; {total - self._replaced} '
                       f'samples of epoch {runner.epoch + 1} were replaced')
        self._replaced = total

    def after_train(self, runner) -> None:
        """Name what was found since the last look."""
        self._check(runner)

    def after_val_epoch(self,
                        runner,
                        metrics: Optional[Dict[str, float]] = None) -> None:
        """Name and count the videos that counted as wrong."""
        self._count_wrong(runner.val_dataloader)

    def after_test_epoch(self,
                         runner,
                         metrics: Optional[Dict[str, float]] = None) -> None:
        """Name and count the videos that counted as wrong."""
        self._count_wrong(runner.test_dataloader)

    def _check(self, runner) -> None:
        """Name what is new; stop if it is too much."""
        reasons = self._collect(runner.train_dataloader)
        self._broken = len(reasons)
        self._name(reasons, 'skipped')
        if self._broken > self.max_share * _size(runner):
            listed = '\n'.join(f'  {name}: {reason}'
                               for name, reason in reasons.items())
            raise RuntimeError(
                f'{self._broken} of {_size(runner)} videos cannot be '
                f'read, more than `max_share={self.max_share:g}` of '
                f'mvd_mm.BrokenVideosHook allows:\n{listed}\nCheck '
                '`data_prefix`, or leave them out with the `skip_list` that '
                'tools/data/check_videos.py writes')

    def _count_wrong(self, loader: Any) -> None:
        reasons = self._collect(loader)
        self._name(reasons, 'counted as wrong')
        if reasons:
            self._warn(f'broken videos: {len(reasons)} of '
                       f'{len(loader.dataset)} counted as wrong')

    def _name(self, reasons: Dict[str, str], what: str) -> None:
        for name in [name for name in reasons if name not in self._named]:
            self._named.add(name)
            self._warn(f'{what} {name}: {reasons[name]}')

    def _collect(self, loader: Any) -> Dict[str, str]:
        """Broken videos of all processes, in an order that they agree on."""
        own: Dict[str, str] = {}
        for ledger in _ledgers(loader.dataset):
            own.update(ledger.reasons())
        together: Dict[str, str] = {}
        for reasons in self._gather(own):
            for name, reason in reasons.items():
                together.setdefault(name, reason)
        return together

    @staticmethod
    def _gather(value: Any) -> List[Any]:
        return [value] if get_world_size() == 1 else all_gather_object(value)

    @staticmethod
    def _take_over(loader: Any) -> None:
        for ledger in _ledgers(loader.dataset):
            ledger.announce = False

    @staticmethod
    def _warn(text: str) -> None:
        if is_main_process():
            print_log(text, logger='current', level=logging.WARNING)


def _ledgers(dataset: Any) -> Iterator[Any]:
    """The ``broken_videos`` of a data set or of those it wraps."""
    if hasattr(dataset, 'broken_videos'):
        yield dataset.broken_videos
    elif hasattr(dataset, 'dataset'):
        yield from _ledgers(dataset.dataset)
    else:
        for part in getattr(dataset, 'datasets', ()):
            yield from _ledgers(part)


def _size(runner: Any) -> int:
    return sum(
        ledger.size for ledger in _ledgers(runner.train_dataloader.dataset))
