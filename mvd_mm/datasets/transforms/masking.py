"""Masks of masked pre-training. True means hidden, everywhere."""
from typing import Optional, Tuple

import numpy as np
from mmcv.transforms import BaseTransform

from mvd_mm.registry import TRANSFORMS
from mvd_mm.utils.ranges import check_counts

__all__ = ['TubeMasking', 'RandomMasking']


class _Masking(BaseTransform):
    """Checks and repetition shared by both kinds of masks."""

    def __init__(self,
                 grid_size: Tuple[int, int, int],
                 mask_ratio: float,
                 num_masks: Optional[int] = None) -> None:
        if not 0 < mask_ratio < 1:
            raise ValueError(
                '`mask_ratio` must be inside (0, 1), got '
                f'{mask_ratio}: MVD and VideoMAE use 0.9, MAE 0.75')
        check_counts(num_masks=num_masks)
        if len(grid_size) != 3 or min(grid_size) < 1:
            raise ValueError('`grid_size` must be tokens along (time, height, '
                             f'width), got {grid_size}')
        self.grid_size = tuple(grid_size)
        self.mask_ratio = mask_ratio
        self.num_masks = num_masks
        hidden = int(mask_ratio * self._num_choices())
        if not 0 < hidden < self._num_choices():
            raise ValueError(
                f'`mask_ratio` {mask_ratio} of {self._num_choices()} patches '
                f'hides {hidden} of them; at least one must be hidden and one '
                'visible')

    def transform(self, results: dict) -> dict:
        """Draw masks with NumPy's global generator."""
        masks = [self._draw() for _ in range(self.num_masks or 1)]
        results['mask'] = np.stack(masks) if self.num_masks else masks[0]
        return results

    def _hide(self, number: int) -> np.ndarray:
        """Hide floor(ratio * number) of ``number`` places."""
        mask = np.zeros(number, dtype=bool)
        mask[:int(self.mask_ratio * number)] = True
        np.random.shuffle(mask)
        return mask

    def __repr__(self) -> str:
        return (f'{self.__class__.__name__}(grid_size={self.grid_size}, '
                f'mask_ratio={self.mask_ratio}, num_masks={self.num_masks})')


@TRANSFORMS.register_module()
class TubeMasking(_Masking):
    """Hide the same spatial patches in every time slice of a clip.

    ``floor(mask_ratio * H * W)`` patches per slice are hidden, the same number
    in every clip, so that a batch of visible tokens stacks.

    Required Keys: none

    Added Keys:

    - mask (np.ndarray): bool, shape (T * H * W, ), or (N, T * H * W) with
      ``num_masks``; True means hidden. ``PackActionInputs`` keeps it only
      with ``collect_keys=('imgs', 'mask')``.

    Source: `VideoMAE <https://arxiv.org/abs/2203.12602>`_, whose ratio is 0.9:
    of 196 patches 20 are seen.

    Args:
        grid_size (tuple[int, int, int]): Token grid (T, H, W).
        mask_ratio (float): Fraction of the patches to hide, in (0, 1).
        num_masks (int, optional): Draw N masks, for N clips per sample.

    Raises:
        ValueError: If ``mask_ratio`` is outside (0, 1), or hides none or all.
    """

    def _num_choices(self) -> int:
        return self.grid_size[1] * self.grid_size[2]

    def _draw(self) -> np.ndarray:
        return np.tile(self._hide(self._num_choices()), self.grid_size[0])


@TRANSFORMS.register_module()
class RandomMasking(_Masking):
    """Hide tokens drawn anywhere in a clip, or in a frame (MAE).

    Required Keys: none

    Added Keys:

    - mask (np.ndarray): bool, shape (T * H * W, ), or (N, T * H * W) with
      ``num_masks``; True means hidden. ``PackActionInputs`` keeps it only
      with ``collect_keys=('imgs', 'mask')``.

    Source: `MAE <https://arxiv.org/abs/2111.06377>`_, whose ratio is 0.75.

    Args:
        grid_size (tuple[int, int, int]): Token grid (T, H, W); (1, H, W) for
            single frames.
        mask_ratio (float): Fraction of the tokens to hide, in (0, 1).
        num_masks (int, optional): Draw N masks, for N clips or frames per
            sample.

    Raises:
        ValueError: If ``mask_ratio`` is outside (0, 1), or hides none or all.
    """

    def _num_choices(self) -> int:
        return int(np.prod(self.grid_size))

    def _draw(self) -> np.ndarray:
        return self._hide(self._num_choices())
