"""The student's clip and the image teacher's frames from one crop."""
from typing import Optional, Sequence

import mmcv
import numpy as np
from mmcv.transforms import BaseTransform

from mvd_mm.registry import TRANSFORMS
from mvd_mm.utils.ranges import check_counts

__all__ = ['TwoResolutionResize', 'resize_frames']


def resize_frames(imgs: Sequence[np.ndarray],
                  side: int,
                  backend: str = 'pillow') -> np.ndarray:
    """Resize frames (h, w, 3) to squares, (T, side, side, 3), bilinear."""
    return np.stack([
        # of other arrays Pillow takes as long to copy as to resize
        mmcv.imresize(
            np.ascontiguousarray(img),
            (side, side), backend=backend) if img.shape[:2] != (side,
                                                                side) else img
        for img in imgs
    ])


@TRANSFORMS.register_module()
class TwoResolutionResize(BaseTransform):
    """Resize the cropped frames to one or two square resolutions.

    Both views come from the same decoded and cropped frames, each with one
    resampling. Pillow's bilinear filter antialiases, as the published pipeline
    does; OpenCV's does not.

    Required Keys:

    - imgs (list[np.ndarray]): Cropped frames, uint8, (h, w, 3).

    Modified Keys:

    - imgs (np.ndarray): uint8, shape (N * T, scale, scale, 3).
    - img_shape (tuple[int, int])

    Added Keys:

    - imgs_image_teacher (np.ndarray): uint8, shape (N * T / stride,
      teacher_scale, teacher_scale, 3); only with ``teacher_scale``.

    Source: the pre-training loader of `MVD
    <https://github.com/ruiwang2021/mvd>`_.

    Args:
        scale (int): Side of the student's frames, in pixels.
        teacher_scale (int, optional): Side of the image teacher's frames in
            pixels, where it differs (H/14: 196).
        teacher_stride (int): Every how many frames the image teacher looks;
            2: the first frame of each tubelet of 2.
        backend (str): 'pillow' (published) or 'cv2'.

    Raises:
        ValueError: If ``backend`` is another, or a number is not positive.
    """

    def __init__(self,
                 scale: int,
                 teacher_scale: Optional[int] = None,
                 teacher_stride: int = 2,
                 backend: str = 'pillow') -> None:
        check_counts(
            scale=scale,
            teacher_scale=teacher_scale,
            teacher_stride=teacher_stride)
        if backend not in ('pillow', 'cv2'):
            raise ValueError("`backend` must be 'pillow' or 'cv2', got "
                             f'{backend!r}')
        self.scale = scale
        self.teacher_scale = teacher_scale
        self.teacher_stride = teacher_stride
        self.backend = backend

    def transform(self, results: dict) -> dict:
        """Resize the frames.

        Args:
            results (dict): Of the pipeline; changed.

        Returns:
            dict: The same.

        Raises:
            ValueError: If clips do not hold a multiple of the stride.
        """
        imgs = results['imgs']
        if self.teacher_scale is not None:
            if results['clip_len'] % self.teacher_stride:
                raise ValueError(
                    '`clip_len` must be a multiple of `teacher_stride`, got '
                    f"{results['clip_len']} and {self.teacher_stride}")
        results['imgs'] = resize_frames(imgs, self.scale, self.backend)
        if self.teacher_scale is not None:
            # at one size, both see the same pixels
            results['imgs_image_teacher'] = (
                results['imgs'][::self.teacher_stride]
                if self.teacher_scale == self.scale else resize_frames(
                    imgs[::self.teacher_stride], self.teacher_scale,
                    self.backend))
        results['img_shape'] = (self.scale, self.scale)
        return results

    def __repr__(self) -> str:
        return (f'{self.__class__.__name__}(scale={self.scale}, '
                f'teacher_scale={self.teacher_scale}, '
                f'teacher_stride={self.teacher_stride}, '
                f'backend={self.backend!r})')
