"""One random crop for all frames of a clip, resized without rounding."""
import math
from typing import Tuple, Union

import cv2
import numpy as np
from mmcv.transforms import BaseTransform
from torch.nn.modules.utils import _pair

from mvd_mm.registry import TRANSFORMS
from .pending_frames import PendingFrames
from .rand_augment_ops import Box

__all__ = ['ClipRandomResizedCrop']


@TRANSFORMS.register_module()
class ClipRandomResizedCrop(BaseTransform):
    """Random resized crop, bilinear without antialiasing, in floating point.

    The published recipe normalises before it interpolates, so that the
    interpolated pixels are not rounded. Here frames stay in 0..255, as
    float32, and ``ActionDataPreprocessor`` normalises them on the device: as
    interpolation is linear, the numbers are the same (to 1e-5), and only the
    crop is ever converted. MMAction2's ``RandomResizedCrop`` and ``Resize``
    would round to uint8, and their fallback is another one.

    Area and the logarithm of the aspect ratio are drawn uniformly. After ten
    draws that do not fit into the frame, the largest centred crop is taken
    whose ratio is allowed.

    Required Keys:

    - imgs: Frames of one size, uint8 or float32, each (h, w, 3), or what
      ``mvd_mm.ClipRandAugment`` with ``lazy=True`` leaves.

    Modified Keys:

    - imgs (np.ndarray): float32, in the unit of the input (0..255), shape
      (M, size h, size w, 3).
    - img_shape (tuple[int, int])

    Added Keys:

    - crop_bbox (np.ndarray): x1, y1, x2, y2 in pixels of the input.

    Source: the fine-tuning loader of `MVD
    <https://github.com/ruiwang2021/mvd>`_.

    Args:
        size (int | tuple[int, int]): (w, h) in pixels, as MMAction2 writes
            it; an int for a square.
        area_range (tuple[float, float]): Shares of the frame's area.
        aspect_ratio_range (tuple[float, float]): Width over height.
        max_attempts (int): Draws before the fallback.

    Raises:
        ValueError: If a size is below 1 or a range is empty.
    """

    def __init__(self,
                 size: Union[int, Tuple[int, int]] = 224,
                 area_range: Tuple[float, float] = (0.08, 1.0),
                 aspect_ratio_range: Tuple[float, float] = (3 / 4, 4 / 3),
                 max_attempts: int = 10) -> None:
        self.size = tuple(_pair(size))
        if len(self.size) != 2 or min(self.size) < 1:
            raise ValueError(
                f'`size` must be a side or (w, h) in pixels, got {size}')
        if not 0 < area_range[0] <= area_range[1] <= 1:
            raise ValueError('`area_range` must be (low, high) with 0 < low '
                             f'<= high <= 1, got {area_range}')
        if not 0 < aspect_ratio_range[0] <= aspect_ratio_range[1]:
            raise ValueError('`aspect_ratio_range` must be (low, high) with 0 '
                             f'< low <= high, got {aspect_ratio_range}')
        self.area_range = (area_range[0], area_range[1])
        self.aspect_ratio_range = tuple(aspect_ratio_range)
        self.max_attempts = max_attempts

    def draw_box(self, height: int, width: int) -> Tuple[int, int, int, int]:
        """Draw x, y, w, h of a crop with NumPy's global generator.

        Args:
            height (int): Of the frame, in pixels.
            width (int): Of the frame, in pixels.
        """
        low, high = (math.log(ratio) for ratio in self.aspect_ratio_range)
        for _ in range(self.max_attempts):
            area = height * width * np.random.uniform(*self.area_range)
            ratio = math.exp(np.random.uniform(low, high))
            w = round(math.sqrt(area * ratio))
            h = round(math.sqrt(area / ratio))
            if 0 < w <= width and 0 < h <= height:
                x = np.random.randint(width - w + 1)
                y = np.random.randint(height - h + 1)
                return x, y, w, h
        narrowest, widest = self.aspect_ratio_range
        w = min(width, max(1, round(height * widest)))
        h = min(height, max(1, round(width / narrowest)))
        return (width - w) // 2, (height - h) // 2, w, h

    def transform(self, results: dict) -> dict:
        """Crop and resize all frames alike."""
        imgs = results['imgs']
        lazy = isinstance(imgs, PendingFrames)
        x, y, w, h = self.draw_box(*(imgs.size if lazy else imgs[0].shape[:2]))
        crops = (
            imgs.part(Box(x, y, w, h))
            if lazy else [img[y:y + h, x:x + w] for img in imgs])
        width, height = self.size
        views = np.empty((len(crops), height, width, crops[0].shape[2]),
                         dtype=np.float32)
        for crop, view in zip(crops, views):
            cv2.resize(
                crop.astype(np.float32),
                self.size,
                view,
                interpolation=cv2.INTER_LINEAR)
        results['imgs'] = views
        results['img_shape'] = (height, width)
        results['crop_bbox'] = np.array([x, y, x + w, y + h])
        return results

    def __repr__(self) -> str:
        return (f'{self.__class__.__name__}(size={self.size}, '
                f'area_range={self.area_range}, '
                f'aspect_ratio_range={self.aspect_ratio_range}, '
                f'max_attempts={self.max_attempts})')
