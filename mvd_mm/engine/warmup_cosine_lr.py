"""The published learning-rate schedule, exact at every step."""
import math
from typing import Optional

from mmengine.logging import print_log
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

    The length and the accumulation need not be repeated in a config: MMEngine
    gives a schedule without ``end`` the length of the training loop, and the
    accumulation is read from the optimiser wrapper. A warm-up that is not
    shorter than the schedule is shortened to a tenth of it, the proportion of
    the published pre-training (40 of 400 epochs), with a line in the log; so
    ``train_cfg.max_epochs=1`` alone is a valid change.

    Source: the training scripts of `MVD
    <https://github.com/ruiwang2021/mvd>`_; values of single iterations
    compared.

    Args:
        optimizer (OptimWrapper): Its learning rates are the peaks.
        eta_min_ratio (float): Last value over the peak, r; a ratio, so that
            it holds for each group of a layer-wise decay.
        start_ratio (float): First value over the peak, s.
        warmup (int): Warm-up, in epochs with ``convert_to_iter_based``, else
            in iterations.
        end (int): Length of the schedule, in epochs or iterations likewise.
        accumulative_counts (int, optional): Batches per update; None, the
            default, is that of the optimiser wrapper.
        last_step (int): The last iteration, for resuming without a state.
        by_epoch (bool): Must be False; use ``convert_to_iter_based=True``.
        verbose (bool): Print each value.

    Raises:
        ValueError: If ``warmup`` is negative, ``end`` is not positive, a
            ratio is outside [0, 1], or ``accumulative_counts`` is not that of
            the optimiser wrapper.
    """

    def __init__(self,
                 optimizer,
                 eta_min_ratio: float,
                 warmup: int,
                 end: int,
                 accumulative_counts: Optional[int] = None,
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
        if warmup < 0 or end < 1:
            raise ValueError('`warmup` must not be negative and `end` must be '
                             f'positive, got {warmup} and {end}')
        if warmup >= end:
            warmup = _shortened(f'{warmup} iterations', f'{end}', end)
        counts = _accumulation(optimizer, accumulative_counts)
        self.eta_min_ratio = eta_min_ratio
        self.start_ratio = start_ratio
        self.accumulative_counts = counts
        self.warmup_updates = warmup // counts
        self.num_updates = max(end // counts, 1)
        super().__init__(
            optimizer,
            'lr',
            begin=0,
            end=end,
            last_step=last_step,
            by_epoch=False,
            verbose=verbose)
        if counts > 1:
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
        """Build from ``warmup`` and ``end`` in epochs.

        Args:
            optimizer (OptimWrapper): As of the class.
            warmup (int): In epochs.
            end (int): In epochs.
            epoch_length (int, optional): Iterations of an epoch; needed.
            by_epoch (bool): True: both are in epochs.
            **kwargs: Other arguments of the class.

        Returns:
            WarmupCosineLR: With both in iterations.

        Raises:
            ValueError: If the length of an epoch is unknown, or an epoch has
                no iteration.
        """
        if epoch_length is None:
            raise ValueError('`epoch_length` is unknown: '
                             '`convert_to_iter_based` needs an epoch-based '
                             'training loop')
        if epoch_length == 0:
            raise ValueError(
                'an epoch has no iteration: the training set is smaller than '
                'a batch of each process, and incomplete batches are left out '
                '(`train_dataloader.drop_last`). Lower '
                '`train_dataloader.batch_size` or add samples to the training '
                'set')
        iterations = round(end * epoch_length)
        if 0 < end <= warmup:
            begin = _shortened(f'{warmup} epochs', f'{end}', iterations)
        else:
            begin = round(warmup * epoch_length)
        return cls(optimizer, warmup=begin, end=iterations, **kwargs)

    def load_state_dict(self, state_dict: dict) -> None:
        """Resume at the saved step of this run's own schedule.

        MMEngine's would also restore the length that the schedule had in the
        interrupted run, so that a run continued with more epochs would stay
        at the lowest learning rate.
        """
        shape = ('end', 'warmup_updates', 'num_updates', 'start_ratio',
                 'eta_min_ratio', 'accumulative_counts')
        saved = {k: state_dict[k] for k in shape if k in state_dict}
        changed = [
            f'{key} {value} there, {getattr(self, key)} here'
            for key, value in saved.items() if value != getattr(self, key)
        ]
        if changed:
            print_log(
                'the schedule of the checkpoint is not that of this run ('
                f'{"; ".join(changed)}): this run\'s takes effect',
                logger='current')
        kept = {k: v for k, v in state_dict.items() if k not in shape}
        super().load_state_dict(kept)
        # the parent stops counting at the end of the interrupted run
        self.last_step = min(self._global_step, self.end - 1)
        if changed:  # the optimiser still holds the rates of that schedule
            for group, value in zip(self.optimizer.param_groups,
                                    self._get_value()):
                group[self.param_name] = value

    def shift(self, steps: int) -> None:
        """Move on, or back, without a training step.

        Args:
            steps (int): Iterations, negative for back.
        """
        self._global_step += steps
        self.last_step = max(0, min(self.last_step + steps, self.end - 1))
        for group, value in zip(self.optimizer.param_groups,
                                self._get_value()):
            group[self.param_name] = value

    def factor(self, step: int) -> float:
        """Share of the peak at an iteration.

        Args:
            step (int): The iteration, from 0.

        Returns:
            float: In 0..1.
        """
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


def _shortened(warmup: str, run: str, iterations: int) -> int:
    """Shorten a warm-up that the run has no room for, with a word."""
    shorter = iterations // 10
    print_log(
        f'the warm-up of {warmup} is not shorter than the run of {run}: it is '
        f'shortened to {shorter} iterations, a tenth of the run; set '
        '`param_scheduler.warmup` to choose another length',
        logger='current')
    return shorter


def _accumulation(optimizer, stated: Optional[int]) -> int:
    """Batches per update: those of the wrapper, which the config may state."""
    # a bare optimiser has no accumulation
    counts = getattr(optimizer, '_accumulative_counts', 1)
    if stated not in (None, counts):
        raise ValueError(
            f'`param_scheduler.accumulative_counts` is {stated}, but '
            f'`optim_wrapper.accumulative_counts` is {counts}: the schedule '
            'would run at another speed than the updates. Leave the first '
            'one out; the schedule then follows the optimiser wrapper')
    return counts
