"""Crops along the long side, the crops of a clip next to each other."""
from typing import List, Tuple, Union

import numpy as np
from mmcv.transforms import BaseTransform
from torch.nn.modules.utils import _pair

from mvd_mm.registry import TRANSFORMS

__all__ = ['ThreeCropViews']


@TRANSFORMS.register_module()
class ThreeCropViews(BaseTransform):
    """Equally spaced crops of each clip, clip by clip.

    Crop i of n lies at floor(i * (long side - crop side) / (n - 1)) along the
    side that is longer than the crop; one crop lies in the middle, at
    floor((side - crop side) / 2). Views come out clip-major: clip 0 crop 0,
    1, 2, then clip 1 crop 0, 1, 2 ..., and ``FormatShape('NCTHW')`` keeps that
    order. MMAction2's ``ThreeCrop`` is crop-major, its crops are left, right,
    middle, and its last crop may end a pixel before the border.

    Required Keys:

    - imgs: Frames of N clips, each (h, w, 3).
    - num_clips
    - clip_len

    Modified Keys:

    - imgs (np.ndarray): Shape (N * num_crops * T, crop h, crop w, 3).
    - img_shape (tuple[int, int])

    Added Keys:

    - crop_bbox (np.ndarray): x1, y1, x2, y2 of each crop in pixels, shape
      (num_crops, 4).

    Source: the test views of `MVD <https://github.com/ruiwang2021/mvd>`_;
    corners compared.

    Args:
        crop_size (int | tuple[int, int]): (w, h) in pixels, as MMAction2
            writes it; an int for a square.
        num_crops (int): Crops of a clip.

    Raises:
        ValueError: If a number is below 1; in ``transform``, if the frames
            are smaller than the crop or, with several crops, longer than it
            along both sides.
    """

    def __init__(self,
                 crop_size: Union[int, Tuple[int, int]] = 224,
                 num_crops: int = 3) -> None:
        self.crop_size = tuple(_pair(crop_size))
        if len(self.crop_size) != 2 or min(self.crop_size) < 1:
            raise ValueError('`crop_size` must be a side or (w, h) in pixels, '
                             f'got {crop_size}')
        if num_crops < 1:
            raise ValueError(
                f'`num_crops` must be at least 1, got {num_crops}')
        self.num_crops = num_crops

    def _corners(self, height: int, width: int) -> List[Tuple[int, int]]:
        """(x, y) of each crop's upper left corner."""
        crop_w, crop_h = self.crop_size
        room_x, room_y = width - crop_w, height - crop_h
        if room_x < 0 or room_y < 0:
            raise ValueError(
                f'`crop_size` {self.crop_size} (w, h) is larger than the '
                f'frames, {width} x {height}: resize them first, e.g. with '
                '`mvd_mm.FlooredResize`')
        if self.num_crops == 1:
            return [(room_x // 2, room_y // 2)]
        if room_x and room_y:
            raise ValueError(
                f'`crop_size` {self.crop_size} (w, h) is smaller than the '
                f'frames, {width} x {height}, along both sides: '
                f'{self.num_crops} crops need frames whose short side is '
                "the crop's, e.g. by `mvd_mm.FlooredResize`")
        steps = self.num_crops - 1
        return [(i * room_x // steps, i * room_y // steps)
                for i in range(self.num_crops)]

    def transform(self, results: dict) -> dict:
        """Crop."""
        imgs = np.asarray(results['imgs'])
        crop_w, crop_h = self.crop_size
        corners = self._corners(*imgs.shape[1:3])
        # (N * T, h, w, 3) -> (N, T, h, w, 3)
        clips = imgs.reshape(results['num_clips'], results['clip_len'],
                             *imgs.shape[1:])
        views = np.stack(
            [clips[:, :, y:y + crop_h, x:x + crop_w] for x, y in corners],
            axis=1)  # (N, crops, T, crop_h, crop_w, 3)
        results['imgs'] = views.reshape(-1, *views.shape[3:])
        results['img_shape'] = (crop_h, crop_w)
        results['crop_bbox'] = np.array([(x, y, x + crop_w, y + crop_h)
                                         for x, y in corners])
        return results

    def __repr__(self) -> str:
        return (f'{self.__class__.__name__}(crop_size={self.crop_size}, '
                f'num_crops={self.num_crops})')
