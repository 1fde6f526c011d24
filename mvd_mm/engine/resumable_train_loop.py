"""Training by epochs whose interruption leaves no trace in the result."""
from copy import deepcopy
from typing import List, Optional, Sequence, Tuple

import torch
from mmengine.dist import get_rank
from mmengine.runner import EpochBasedTrainLoop

from mvd_mm.registry import LOOPS
from mvd_mm.utils.randomness import seed_everything
from mvd_mm.utils.ranges import check_counts
from .preemption_hook import PreemptionHook
from .run_facts import run_seed
from .warmup_cosine_lr import WarmupCosineLR

__all__ = ['ResumableTrainLoop']

# sets these draws apart from those of the samples
_MODEL = 1


@LOOPS.register_module()
class ResumableTrainLoop(EpochBasedTrainLoop):
    """MMEngine's loop by epochs, resumed with the same bits.

    A run that is interrupted and resumed ends with the weights of the run
    that was not, also where it was interrupted within an epoch:

    - the order of samples depends on seed and epoch, and a resumed epoch
      starts at its next batch;
    - what a sample's pipeline draws depends on seed, epoch and sample;
    - what the model draws (stochastic depth, dropout, Mixup) depends on seed,
      process and iteration.

    MMEngine's loop begins a resumed epoch again, and its draws depend on how
    often the loaders were started.

    A run that is resumed with another batch size or number of processes goes
    on after the same share of the epoch.

    Args:
        runner (Runner): Of the run.
        dataloader (dict): Its ``DefaultSampler`` is replaced by
            ``mvd_mm.EpochSampler``, its data set is wrapped by
            ``mvd_mm.SeededDataset``; keys of the config stay as they are.
        max_epochs (int): Length of the run, in epochs.
        val_begin (int): The first epoch that validation may follow.
        val_interval (int): Epochs from one validation to the next.
        dynamic_intervals (list[tuple[int, int]], optional): Pairs of an epoch
            and the ``val_interval`` from there on.

    Raises:
        ValueError: If the loader has another sampler than ``DefaultSampler``,
            whose place in an epoch is not known.
    """

    _iter: int  # of MMEngine's loop, which does not name its type

    def __init__(
            self,
            runner,
            dataloader: dict,
            max_epochs: int,
            val_begin: int = 1,
            val_interval: int = 1,
            dynamic_intervals: Optional[List[Tuple[int, int]]] = None) -> None:
        check_counts(max_epochs=max_epochs, val_interval=val_interval)
        check_counts(0, val_begin=val_begin)
        self.seed = run_seed(runner)
        #: batches in an epoch of the run that is resumed, if it is known
        self.saved_length: Optional[int] = None
        super().__init__(runner, _reproducible(dataloader,
                                               self.seed), max_epochs,
                         val_begin, val_interval, dynamic_intervals)

    def run(self) -> torch.nn.Module:
        """Launch training."""
        # a resumed run has taken over the seed of its checkpoint meanwhile;
        # the workers, which copy the data set, start only now
        self.seed = run_seed(self.runner)
        self.dataloader.sampler.seed = self.seed
        self.dataloader.dataset.seed = self.seed
        self._find_place()
        try:
            self.runner.call_hook('before_train')
            # a checkpoint is written before the validation of its epoch
            if 0 < self._iter == self._epoch * len(self.dataloader):
                self._validate()
            while self._epoch < self._max_epochs and not self.stop_training:
                self.run_epoch()
                self._validate()
            self.runner.call_hook('after_train')
        finally:  # an error must not leave Ctrl-C without effect
            for hook in self.runner.hooks:
                if isinstance(hook, PreemptionHook):
                    hook.release_signals()
        return self.runner.model

    def _find_place(self) -> None:
        """Translate the place in an epoch that had another length."""
        length = len(self.dataloader)
        before = self.saved_length or (self._iter //
                                       self._epoch if self._epoch else length)
        if before == length:
            return
        begin = self._iter - self._epoch * before
        done = self._epoch * length + round(begin * length / before)
        for scheduler in self.runner.param_schedulers or []:
            if isinstance(scheduler, WarmupCosineLR):
                scheduler.shift(done - self._iter)
        self._iter = done
        self.runner.optim_wrapper.initialize_count_status(
            self.runner.model, self._iter, self._max_iters)

    def _validate(self) -> None:
        """Validate where it is due after an epoch."""
        self._decide_current_val_interval()
        if (self.runner.val_loop is not None and self._epoch >= self.val_begin
                and (self._epoch % self.val_interval == 0
                     or self._epoch == self._max_epochs)):
            self.runner.val_loop.run()

    def run_epoch(self) -> None:
        """Iterate over what is left of an epoch."""
        self.runner.call_hook('before_train_epoch')
        self.runner.model.train()
        begin = self._iter - self._epoch * len(self.dataloader)
        if begin:
            self.dataloader.sampler.start_at(begin *
                                             self.dataloader.batch_size)
        for idx, data_batch in enumerate(self.dataloader, begin):
            self.run_iter(idx, data_batch)
        self.runner.call_hook('after_train_epoch')
        self._epoch += 1

    def run_iter(self, idx: int, data_batch: Sequence[dict]) -> None:
        """Iterate over one batch, with draws of its own."""
        self.seed_draws()
        super().run_iter(idx, data_batch)

    def seed_draws(self) -> None:
        """Let the model draw what belongs to the present iteration."""
        seed_everything(self.seed, _MODEL, get_rank(), self._iter)


def _reproducible(dataloader: dict, seed: int) -> dict:
    dataloader = deepcopy(dataloader)
    sampler = dataloader['sampler']
    if sampler.get('type') not in ('DefaultSampler', 'mvd_mm.EpochSampler'):
        raise ValueError(
            f'`train_dataloader.sampler.type` is {sampler.get("type")!r}: '
            'mvd_mm.ResumableTrainLoop needs DefaultSampler, whose order it '
            'can take up again; for another one choose '
            "`train_cfg.type='EpochBasedTrainLoop'`")
    dataloader['sampler'] = dict(
        sampler, type='mvd_mm.EpochSampler', seed=seed)
    dataloader['dataset'] = dict(
        type='mvd_mm.SeededDataset', dataset=dataloader['dataset'], seed=seed)
    return dataloader
