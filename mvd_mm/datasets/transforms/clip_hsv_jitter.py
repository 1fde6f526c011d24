"""Change of hue, saturation and value, the same in all frames."""
import cv2
import numpy as np
from mmcv.transforms import BaseTransform

from mvd_mm.registry import TRANSFORMS

__all__ = ['ClipHSVJitter']


@TRANSFORMS.register_module()
class ClipHSVJitter(BaseTransform):
    """Shift hue, saturation and value of a whole clip by one draw each.

    Each shift is uniform between minus and plus its bound and is added; hue
    wraps around, saturation and value are clipped to 0..1. (The bounds are
    published; that the shifts are added is our reading.) Computed in float32,
    because OpenCV's 8-bit HSV resolves hues only to 2 degrees.

    Required Keys:

    - imgs (list[np.ndarray]): uint8, RGB, (H, W, 3).

    Modified Keys:

    - imgs

    Source: VideoMAE's detection protocol, as far as it is published.

    Args:
        hue (float): Bound in degrees, in [0, 180].
        saturation (float): Bound as a share of the range, in [0, 1].
        value (float): Bound of the value, a share likewise.

    Raises:
        ValueError: If a bound is outside its range.
    """

    def __init__(self,
                 hue: float = 20.,
                 saturation: float = 0.1,
                 value: float = 0.1) -> None:
        for name, bound, most in (('hue', hue, 180), ('saturation', saturation,
                                                      1), ('value', value, 1)):
            if not 0 <= bound <= most:
                raise ValueError(
                    f'`{name}` must be in [0, {most}], got {bound}')
        self.hue = hue
        self.saturation = saturation
        self.value = value

    def transform(self, results: dict) -> dict:
        """Draw with NumPy's global generator."""
        bounds = np.array([self.hue, self.saturation, self.value])
        shift = np.random.uniform(-bounds, bounds).astype(np.float32)
        results['imgs'] = [_shift(img, shift) for img in results['imgs']]
        return results

    def __repr__(self) -> str:
        return (f'{self.__class__.__name__}(hue={self.hue}, '
                f'saturation={self.saturation}, value={self.value})')


def _shift(img: np.ndarray, shift: np.ndarray) -> np.ndarray:
    hsv: np.ndarray = cv2.cvtColor(
        np.ascontiguousarray(img).astype(np.float32) / 255, cv2.COLOR_RGB2HSV)
    np.add(hsv, shift, out=hsv)
    np.remainder(hsv[..., 0], 360, out=hsv[..., 0])
    np.clip(hsv[..., 1:], 0, 1, out=hsv[..., 1:])
    rgb = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)
    return np.rint(rgb * 255).clip(0, 255).astype(np.uint8)
