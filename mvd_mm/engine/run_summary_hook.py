"""What a run is going to do, in the log before its first iteration."""
from typing import Tuple

from mmengine.dist import get_world_size
from mmengine.hooks import Hook
from mmengine.logging import print_log
from mmengine.optim import OptimWrapperDict
from mmengine.runner import BaseLoop, EpochBasedTrainLoop

from mvd_mm.registry import HOOKS
from .run_description import describe_run
from .warmup_cosine_lr import WarmupCosineLR

__all__ = ['RunSummaryHook']


@HOOKS.register_module()
class RunSummaryHook(Hook):
    """State what is trained from what on what, and with which figures.

    The figures are the effective batch, repeats, learning rate, clipping,
    epochs and iterations. After ``--auto-scale-lr`` and on resuming as well:
    what is stated is what the run uses, not what the config holds.
    """

    def before_run(self, runner) -> None:
        """Log the model, its teachers and the data; nothing for a test."""
        if isinstance(runner._train_loop, BaseLoop):
            for line in describe_run(runner):
                self._say(line)

    def before_train(self, runner) -> None:
        """Log one line for the batch, one for the schedule.

        Raises:
            ValueError: If an epoch has no iteration, a schedule has another
                length than the run, or repeated samples are put together by
                the wrong function.
        """
        _check_not_empty(runner)
        _check_length(runner)
        _check_collation(runner.train_dataloader)
        wrapper = runner.optim_wrapper
        if isinstance(wrapper, OptimWrapperDict):
            return  # several optimisers: no such single figures
        gpus = get_world_size()
        loader = runner.train_dataloader
        accumulation = wrapper._accumulative_counts
        batch = gpus * loader.batch_size * accumulation
        repeats = _repeats(loader.dataset)
        self._say(
            f'effective batch {batch} = {gpus} processes x '
            f'{loader.batch_size} per process x {accumulation} '
            f'accumulated' +
            (f', {repeats} repeats of each: '
             f'{batch * repeats} clips per update' if repeats > 1 else ''))
        low, peak = _peaks(wrapper.optimizer)
        rate = f'{peak:.4g}' if low == peak else (f'{low:.4g} (first layer) '
                                                  f'to {peak:.4g}')
        iters = runner.max_iters
        updates = -(-iters // accumulation)
        length = f'{iters} iterations, {updates} updates of the weights'
        if isinstance(runner.train_loop, EpochBasedTrainLoop):
            length = f'{runner.max_epochs} epochs, {length}'
        self._say(f'peak learning rate {rate}; {_clipping(wrapper)}{length}; '
                  f'starts at iteration {runner.iter}')

    @staticmethod
    def _say(text: str) -> None:
        print_log(text, logger='current')


def _check_not_empty(runner) -> None:
    """Refuse a training set that does not fill one batch."""
    if runner.max_iters == 0:
        loader = runner.train_dataloader
        raise ValueError(
            'an epoch has no iteration: the training set has '
            f'{len(loader.dataset)} samples for {get_world_size()} processes '
            f'of {loader.batch_size}, and incomplete batches are left out '
            '(`train_dataloader.drop_last`). Lower '
            '`train_dataloader.batch_size` or add samples')


def _check_length(runner) -> None:
    """Refuse a schedule that ends before or after the run."""
    schedulers = runner.param_schedulers or []
    if isinstance(schedulers, dict):  # one list per optimiser
        schedulers = [s for group in schedulers.values() for s in group]
    for scheduler in schedulers:
        if (isinstance(scheduler, WarmupCosineLR)
                and scheduler.end != runner.max_iters):
            raise ValueError(
                f'the learning-rate schedule has {scheduler.end} iterations '
                f'(`param_scheduler.end`), the run has {runner.max_iters} '
                '(`train_cfg.max_epochs` or `max_iters`): leave '
                '`param_scheduler.end` out, the schedule then has the length '
                'of the run')


def _check_collation(loader) -> None:
    """Refuse to put lists of repeats together as if they were samples."""
    collate = getattr(loader, 'collate_fn', None)
    # a function with arguments is a partial
    name = getattr(getattr(collate, 'func', collate), '__name__', '')
    if _repeats(loader.dataset) > 1 and name in ('pseudo_collate',
                                                 'default_collate'):
        raise ValueError(
            f'`train_dataloader.collate_fn` is {name}, but the data set gives '
            'a list of several augmented samples for each video: set '
            "`train_dataloader.collate_fn=dict(type='repeat_pseudo_collate')`")


def _repeats(dataset) -> int:
    """Augmented clips that one entry of the data set gives."""
    while not hasattr(dataset, 'num_repeats') and hasattr(dataset, 'dataset'):
        dataset = dataset.dataset
    return getattr(dataset, 'num_repeats', 1)


def _clipping(wrapper) -> str:
    options = ', '.join(
        f'{key}={value}'
        for key, value in (wrapper.clip_grad_kwargs or {}).items())
    return f'gradients clipped at {options}; ' if options else ''


def _peaks(optimizer) -> Tuple[float, float]:
    """Lowest and highest peak over the groups; schedulers keep it aside."""
    rates = [g.get('initial_lr', g['lr']) for g in optimizer.param_groups]
    return min(rates), max(rates)
