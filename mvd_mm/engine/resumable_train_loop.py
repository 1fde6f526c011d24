"""Training by epochs whose interruption leaves no trace in the result."""
from copy import deepcopy
from typing import Sequence

import torch
from mmengine.dist import get_rank
from mmengine.runner import EpochBasedTrainLoop

from mvd_mm.registry import LOOPS
from mvd_mm.utils.randomness import seed_everything

__all__ = ['ResumableTrainLoop']


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

    Args:
        runner (Runner): Of the run.
        dataloader (dict): Its ``DefaultSampler`` is replaced by
            ``mvd_mm.EpochSampler``, its data set is wrapped by
            ``mvd_mm.SeededDataset``; keys of the config stay as they are.
        **kwargs: Arguments of ``EpochBasedTrainLoop``.

    Raises:
        ValueError: If the loader has another sampler than ``DefaultSampler``,
            whose place in an epoch is not known.
    """

    def __init__(self, runner, dataloader: dict, **kwargs) -> None:
        self.seed = run_seed(runner)
        if isinstance(dataloader, dict):
            dataloader = _reproducible(dataloader, self.seed)
        super().__init__(runner, dataloader, **kwargs)

    def run(self) -> torch.nn.Module:
        """Launch training."""
        # a resumed run has taken over the seed of its checkpoint meanwhile;
        # the workers, which copy the data set, start only now
        self.seed = run_seed(self.runner)
        self.dataloader.sampler.seed = self.seed
        self.dataloader.dataset.seed = self.seed
        self.runner.call_hook('before_train')
        # a checkpoint is written before the validation of its epoch
        if 0 < self._iter == self._epoch * len(self.dataloader):
            self._validate()
        while self._epoch < self._max_epochs and not self.stop_training:
            self.run_epoch()
            self._validate()
        self.runner.call_hook('after_train')
        return self.runner.model

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
        seed_everything(self.seed, get_rank(), self._iter)
        super().run_iter(idx, data_batch)


def run_seed(runner) -> int:
    """Seed of the run, the same in all processes."""
    if runner._randomness_cfg.get('diff_rank_seed'):
        return runner.seed - get_rank()
    return runner.seed


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
