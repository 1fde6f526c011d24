"""Erase one box, the same in all frames of a clip."""
import math
from typing import Optional, Sequence, Tuple

import numpy as np
from mmcv.transforms import BaseTransform

from mvd_mm.registry import TRANSFORMS
from mvd_mm.utils.ranges import check_colours, check_counts

__all__ = ['ClipRandomErasing']

_MODES = ('pixel', 'const')


@TRANSFORMS.register_module()
class ClipRandomErasing(BaseTransform):
    """Random erasing with one box for all frames of a clip.

    The published noise is standard normal in *normalised* units, drawn anew
    for each pixel and channel of each frame. In a pipeline whose frames are
    normalised later, on the device, it is therefore ``mean + std * noise``,
    which normalisation turns into the standard normal; give the mean and std
    of the data preprocessor. For frames that are normalised already, give
    ``mean=(0, 0, 0), std=(1, 1, 1)``.

    A box is drawn by area (uniform) and aspect ratio (its logarithm uniform)
    until it is smaller than the frame along both sides; when none of
    ``max_attempts`` draws is, nothing is erased.

    Required Keys:

    - imgs: Frames of one size, uint8 or float32, each (H, W, 3).

    Modified Keys:

    - imgs (np.ndarray): float32, shape (M, H, W, 3), erased or not.

    Added Keys:

    - erased_box (tuple[int, int, int, int] | None): x, y, w, h in pixels.

    Source: `Random Erasing Data Augmentation
    <https://arxiv.org/abs/1708.04896>`_.

    Args:
        prob (float): Probability that a clip is erased.
        area_range (tuple[float, float]): Shares of the frame's area.
        aspect_ratio_range (tuple[float, float]): Height over width.
        max_attempts (int): Draws before the clip is left as it is.
        mode (str): 'pixel': noise as above; 'const': ``mean``.
        mean (Sequence[float]): Of the later normalisation, per channel.
        std (Sequence[float]): Likewise.

    Raises:
        ValueError: If ``prob`` is outside [0, 1], a range is empty, or
            ``mode`` is unknown.
    """

    def __init__(
        self,
        prob: float = 0.25,
        area_range: Tuple[float, float] = (0.02, 1 / 3),
        aspect_ratio_range: Tuple[float, float] = (0.3, 1 / 0.3),
        max_attempts: int = 100,
        mode: str = 'pixel',
        mean: Sequence[float] = (123.675, 116.28, 103.53),
        std: Sequence[float] = (58.395, 57.12, 57.375)
    ) -> None:
        if not 0 <= prob <= 1:
            raise ValueError(f'`prob` must be in [0, 1], got {prob}')
        if not 0 < area_range[0] <= area_range[1] <= 1:
            raise ValueError('`area_range` must be (low, high) with 0 < low '
                             f'<= high <= 1, got {area_range}')
        if not 0 < aspect_ratio_range[0] <= aspect_ratio_range[1]:
            raise ValueError('`aspect_ratio_range` must be (low, high) with 0 '
                             f'< low <= high, got {aspect_ratio_range}')
        check_counts(max_attempts=max_attempts)
        check_colours(mean, std)
        if mode not in _MODES:
            raise ValueError(f'`mode` must be one of {_MODES}, got {mode!r}')
        self.prob = prob
        self.area_range = (area_range[0], area_range[1])
        self.aspect_ratio_range = tuple(aspect_ratio_range)
        self.max_attempts = max_attempts
        self.mode = mode
        self.mean = np.array(mean, dtype=np.float32)
        self.std = np.array(std, dtype=np.float32)

    def draw_box(self, height: int,
                 width: int) -> Optional[Tuple[int, int, int, int]]:
        """Draw x, y, w, h of a box; None if no draw fits.

        Args:
            height (int): Of the frame, in pixels.
            width (int): Of the frame, in pixels.
        """
        low, high = (math.log(ratio) for ratio in self.aspect_ratio_range)
        for _ in range(self.max_attempts):
            area = height * width * np.random.uniform(*self.area_range)
            ratio = math.exp(np.random.uniform(low, high))
            h = round(math.sqrt(area * ratio))
            w = round(math.sqrt(area / ratio))
            if h < height and w < width:
                y = np.random.randint(height - h + 1)
                x = np.random.randint(width - w + 1)
                return x, y, w, h
        return None

    def transform(self, results: dict) -> dict:
        """Erase, with NumPy's global generator."""
        imgs = np.asarray(results['imgs'], dtype=np.float32)
        box = None
        if np.random.rand() < self.prob:
            box = self.draw_box(*imgs.shape[1:3])
        if box is not None:
            x, y, w, h = box
            if np.may_share_memory(imgs, results['imgs']):
                imgs = imgs.copy()
            region = imgs[:, y:y + h, x:x + w]  # a view
            region[...] = self.mean
            if self.mode == 'pixel':
                region += self.std * np.random.standard_normal(
                    region.shape).astype(np.float32)
        results['imgs'] = imgs
        results['erased_box'] = box
        return results

    def __repr__(self) -> str:
        return (f'{self.__class__.__name__}(prob={self.prob}, '
                f'area_range={self.area_range}, '
                f'aspect_ratio_range={self.aspect_ratio_range}, '
                f'max_attempts={self.max_attempts}, mode={self.mode!r}, '
                f'mean={self.mean.tolist()}, std={self.std.tolist()})')
