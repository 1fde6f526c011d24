"""Validation whose random clips are the same each time."""
from copy import deepcopy
from typing import Dict, List, Union

from mmengine.evaluator import Evaluator
from mmengine.runner import ValLoop
from torch.utils.data import DataLoader

from mvd_mm.registry import LOOPS
from .run_facts import run_seed

__all__ = ['SeededValLoop']


@LOOPS.register_module()
class SeededValLoop(ValLoop):
    """MMEngine's ``ValLoop`` on clips that depend on the seed of the run.

    The published validation looks at one clip of each video, at a random
    time. Here the time depends on seed and video alone: every epoch is
    measured on the same clips, with any number of workers and processes, and
    a resumed run finds the same best epoch as one that was not interrupted.
    MMEngine's loop draws from whatever state its workers are in.

    Args:
        runner (Runner): Of the run.
        dataloader (DataLoader or dict): Validation set; a dict has its data
            set wrapped by ``mvd_mm.SeededDataset``.
        evaluator (Evaluator, dict or list): Metrics.
        fp16 (bool): Validate under autocast.
    """

    def __init__(self,
                 runner,
                 dataloader: Union[DataLoader, Dict],
                 evaluator: Union[Evaluator, Dict, List],
                 fp16: bool = False) -> None:
        if isinstance(dataloader, dict):
            dataloader = deepcopy(dataloader)
            dataloader['dataset'] = dict(
                type='mvd_mm.SeededDataset',
                dataset=dataloader['dataset'],
                seed=run_seed(runner))
        super().__init__(runner, dataloader, evaluator, fp16)

    def run(self) -> dict:
        """Launch validation."""
        # a resumed run has taken over the seed of its checkpoint meanwhile;
        # workers copy the data set when they start, which is later
        if hasattr(self.dataloader.dataset, 'seed'):
            self.dataloader.dataset.seed = run_seed(self.runner)
        return super().run()
