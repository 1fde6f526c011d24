"""The order of samples in an epoch, with a place to start from."""
from typing import Iterator, Sized, Tuple

from mmengine.dataset import DefaultSampler

from mvd_mm.registry import DATA_SAMPLERS

__all__ = ['EpochSampler']


@DATA_SAMPLERS.register_module()
class EpochSampler(DefaultSampler):
    """MMEngine's ``DefaultSampler`` that names the epoch with each index.

    The order depends on the seed and the epoch alone. The epoch travels with
    the index, since a loader's workers live longer than an epoch and cannot
    know it otherwise; :class:`~mvd_mm.datasets.SeededDataset` reads both.

    Args:
        dataset (Sized): What is sampled from.
        shuffle (bool): Whether each epoch has an order of its own.
        seed (int): Of the order; the same in all processes.
        round_up (bool): See ``DefaultSampler``.
    """

    def __init__(self,
                 dataset: Sized,
                 seed: int,
                 shuffle: bool = True,
                 round_up: bool = True) -> None:
        super().__init__(dataset, shuffle, seed, round_up)
        self.start = 0

    def start_at(self, sample: int) -> None:
        """Leave out the first samples of the next pass, and of no other.

        Args:
            sample (int): Number of samples of this process to leave out.
        """
        self.start = sample

    def __iter__(self) -> Iterator[Tuple[int, int]]:
        """Iterate over (epoch, index)."""
        start, self.start = self.start, 0
        indices = list(super().__iter__())[start:]
        return iter([(self.epoch, index) for index in indices])
