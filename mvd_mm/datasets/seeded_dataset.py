"""Samples whose augmentation depends on seed, epoch and sample alone."""
from typing import Any, Sized, Tuple, Union

from mvd_mm.registry import DATASETS
from mvd_mm.utils.randomness import seed_everything

__all__ = ['SeededDataset']

# sets these draws apart from those of the training loop
_SAMPLES = 2


@DATASETS.register_module()
class SeededDataset:
    """Seed every random draw that the pipeline of a sample makes.

    Clips, crops and masks then do not depend on the worker that loads a
    sample, on the number of workers or processes, nor on how often a loader
    was started: a run that is resumed sees what the uninterrupted run saw.

    Args:
        dataset (dict or Dataset): What is wrapped; any with a length.
        seed (int): Of the run, the same in all processes.
    """

    def __init__(self, dataset: Union[dict, Sized], seed: int) -> None:
        self.dataset: Any = DATASETS.build(dataset) if isinstance(
            dataset, dict) else dataset
        self.seed = seed

    @property
    def metainfo(self) -> dict:
        """Of the wrapped data set; empty if it has none."""
        return getattr(self.dataset, 'metainfo', {})

    def full_init(self) -> None:
        """Load the list of the wrapped data set."""
        if hasattr(self.dataset, 'full_init'):
            self.dataset.full_init()

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, place: Union[int, Tuple[int, int]]) -> Any:
        """Load a sample.

        Args:
            place (int or tuple[int, int]): Epoch and index, from
                ``EpochSampler``; an index alone draws the same each time.
        """
        epoch, index = place if isinstance(place, tuple) else (0, place)
        seed_everything(self.seed, _SAMPLES, epoch, index)
        return self.dataset[index]
