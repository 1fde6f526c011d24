"""Resize the short side; the long side is rounded down."""
import mmcv
import numpy as np
from mmcv.transforms import BaseTransform

from mvd_mm.registry import TRANSFORMS

__all__ = ['FlooredResize']


@TRANSFORMS.register_module()
class FlooredResize(BaseTransform):
    """Resize frames to a short side with OpenCV's bilinear filter.

    The long side is rounded *down*: 340 x 256 becomes 297 x 224, where
    MMAction2's ``Resize`` gives 298 x 224. OpenCV's bilinear filter does not
    antialias.

    Required Keys:

    - imgs: Frames of one size, uint8 or float32, each (h, w, 3).

    Modified Keys:

    - imgs (np.ndarray): Shape (M, h', w', 3), dtype as before.
    - img_shape (tuple[int, int]): (h', w')

    Source: the test views of `MVD <https://github.com/ruiwang2021/mvd>`_;
    sizes compared.

    Args:
        short_side (int): In pixels.

    Raises:
        ValueError: If ``short_side`` is below 1.
    """

    def __init__(self, short_side: int = 224) -> None:
        if short_side < 1:
            raise ValueError(
                f'`short_side` must be at least 1 pixel, got {short_side}')
        self.short_side = short_side

    def transform(self, results: dict) -> dict:
        """Resize all frames."""
        imgs = results['imgs']
        height, width = imgs[0].shape[:2]
        short = min(height, width)
        height = height * self.short_side // short
        width = width * self.short_side // short
        results['imgs'] = np.stack([
            mmcv.imresize(
                img, (width, height), interpolation='bilinear', backend='cv2')
            for img in imgs
        ])
        results['img_shape'] = (height, width)
        return results

    def __repr__(self) -> str:
        return f'{self.__class__.__name__}(short_side={self.short_side})'
