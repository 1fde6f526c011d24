"""The published learning-rate schedule, exact at every step."""
import math
from typing import Optional

from mmengine.optim.scheduler.param_scheduler import _ParamScheduler

from mvd_mm.registry import PARAM_SCHEDULERS

__all__ = ['WarmupCosineLR']


@PARAM_SCHEDULERS.register_module()
class WarmupCosineLR(_ParamScheduler):
    """Linear warm-up from exactly 0, then a cosine to a share of the peak.

    With W warm-up updates out of N, update i runs at

    - lr * (s + (1 - s) * i / (W - 1)) for i < W: s * lr, by default 0, first,
      the peak at the last of them;
    - lr * (r + (1 - r) / 2 * (1 + cos(pi * (i - W) / (N - W)))) after.

    MMEngine's ``LinearLR`` cannot start at 0 (it multiplies the last value),
    and its schedules count batches where the published ones count updates of
    the weights; with gradient accumulation these differ.

    Args:
        optimizer (OptimWrapper): Its learning rates are the peaks.
        eta_min_ratio (float): Last value over the peak, r; a ratio, so that
            it holds for each group of a layer-wise decay.
        start_ratio (float): First value over the peak, s.
        warmup (int): Warm-up, in epochs with ``convert_to_iter_based``, else
            in iterations.
        end (int): Length of the schedule, in the same unit.
        accumulative_counts (int): Batches per update.
        last_step (int): For resuming without a state.
        by_epoch (bool): Must be False; use ``convert_to_iter_based=True``.
        verbose (bool): Print each value.

    Raises:
        ValueError: If the warm-up is not shorter than the schedule, or the
            ratio outside [0, 1].
    """

    def __init__(self,
                 optimizer,
                 eta_min_ratio: float,
                 warmup: int,
                 end: int,
                 accumulative_counts: int = 1,
                 start_ratio: float = 0.,
                 last_step: int = -1,
                 by_epoch: bool = False,
                 verbose: bool = False) -> None:
        if by_epoch:
            raise ValueError('`by_epoch` must be False: the schedule runs per '
                             'iteration; set `convert_to_iter_based=True` to '
                             'give `warmup` and `end` in epochs')
        if not 0 <= eta_min_ratio <= 1:
            raise ValueError('`eta_min_ratio` must be inside [0, 1], got '
                             f'{eta_min_ratio}')
        if not 0 <= start_ratio <= 1:
            raise ValueError('`start_ratio` must be inside [0, 1], got '
                             f'{start_ratio}')
        if not 0 <= warmup < end:
            raise ValueError('`warmup` must be shorter than `end`, got '
                             f'{warmup} and {end}')
        self.eta_min_ratio = eta_min_ratio
        self.start_ratio = start_ratio
        self.accumulative_counts = accumulative_counts
        self.warmup_updates = warmup // accumulative_counts
        self.num_updates = max(end // accumulative_counts, 1)
        super().__init__(
            optimizer,
            'lr',
            begin=0,
            end=end,
            last_step=last_step,
            by_epoch=False,
            verbose=verbose)
        if accumulative_counts > 1:
            # the first update comes after several batches, which the parent
            # would take for a forgotten `optimizer.step()` and warn of
            self.optimizer._global_step = 0

    @classmethod
    def build_iter_from_epoch(cls,
                              optimizer,
                              *,
                              warmup: int,
                              end: int,
                              epoch_length: Optional[int] = None,
                              by_epoch: bool = True,
                              **kwargs) -> 'WarmupCosineLR':
        """Build from ``warmup`` and ``end`` in epochs."""
        if epoch_length is None:
            raise ValueError('`epoch_length` is unknown: '
                             '`convert_to_iter_based` needs an epoch-based '
                             'training loop')
        return cls(
            optimizer,
            warmup=round(warmup * epoch_length),
            end=round(end * epoch_length),
            **kwargs)

    def factor(self, step: int) -> float:
        """Share of the peak at an iteration, counted from 0."""
        update = min(step // self.accumulative_counts, self.num_updates - 1)
        if update < self.warmup_updates:
            rise = update / max(self.warmup_updates - 1, 1)
            return self.start_ratio + (1 - self.start_ratio) * rise
        progress = (update - self.warmup_updates) / (
            self.num_updates - self.warmup_updates)
        cosine = (1 + math.cos(math.pi * progress)) / 2
        return self.eta_min_ratio + (1 - self.eta_min_ratio) * cosine

    def _get_value(self) -> list:
        factor = self.factor(self.last_step)
        return [value * factor for value in self.base_values]
