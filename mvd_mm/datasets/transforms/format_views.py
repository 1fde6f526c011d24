"""Axes of the network for every view of a sample."""
from typing import Sequence

import numpy as np
from mmcv.transforms import BaseTransform

from mvd_mm.registry import TRANSFORMS

__all__ = ['FormatViews']


@TRANSFORMS.register_module()
class FormatViews(BaseTransform):
    """MMAction2's ``FormatShape('NCTHW')`` for several views at once.

    Views may differ in size and in their number of frames.

    Required Keys:

    - num_clips
    - every key of ``keys``: frames, (N * T, H, W, 3)

    Modified Keys:

    - every key of ``keys``: np.ndarray, uint8, shape (N, 3, T, H, W)

    Args:
        keys (Sequence[str]): The views.
    """

    def __init__(self, keys: Sequence[str] = ('imgs', )) -> None:
        self.keys = tuple(keys)

    def transform(self, results: dict) -> dict:
        """Format."""
        clips = results['num_clips']
        for key in self.keys:
            frames = np.asarray(results[key])
            frames = frames.reshape(clips, -1, *frames.shape[1:])
            # (N, T, H, W, 3) -> (N, 3, T, H, W)
            results[key] = np.ascontiguousarray(
                frames.transpose(0, 4, 1, 2, 3))
        return results

    def __repr__(self) -> str:
        return f'{self.__class__.__name__}(keys={self.keys})'
