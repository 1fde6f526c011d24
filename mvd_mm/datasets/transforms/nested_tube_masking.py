"""Two nested tube masks of one shuffle, for a student and its teacher."""
from typing import Optional, Tuple

import numpy as np

from mvd_mm.registry import TRANSFORMS
from .masking import TubeMasking

__all__ = ['NestedTubeMasking']


@TRANSFORMS.register_module()
class NestedTubeMasking(TubeMasking):
    """Hide patches from the student, and fewer of the same from the teacher.

    One shuffle orders the patches of a slice. Its first ``floor(mask_ratio *
    H * W)`` are hidden from the student, its first
    ``floor(teacher_mask_ratio * H * W)`` from the teacher as well: whatever
    the student sees, the teacher sees. Every time slice is masked alike.

    Required Keys: none

    Added Keys:

    - mask (np.ndarray): bool, of the student, shape (T * H * W, ), or
      (N, T * H * W) with ``num_masks``; True means hidden.
    - teacher_mask (np.ndarray): bool, of the teacher, of the same shape.
      ``PackActionInputs`` keeps both only with
      ``collect_keys=('imgs', 'mask', 'teacher_mask')``.

    Source: `Asymmetric Masked Distillation
    <https://arxiv.org/abs/2311.03149>`_, whose ratios are 0.9 and 0.75: of
    196 patches 20 and 49 are seen.

    Args:
        grid_size (tuple[int, int, int]): Token grid (T, H, W).
        mask_ratio (float): Share of the patches to hide from the student.
        teacher_mask_ratio (float): Share to hide from the teacher.
        num_masks (int, optional): Draw N pairs, for N clips per sample.

    Raises:
        ValueError: If a ratio is outside (0, 1) or hides none or all, or the
            teacher does not see more than the student.
    """

    def __init__(self,
                 grid_size: Tuple[int, int, int],
                 mask_ratio: float = 0.9,
                 teacher_mask_ratio: float = 0.75,
                 num_masks: Optional[int] = None) -> None:
        super().__init__(grid_size, mask_ratio, num_masks)
        number = self._num_choices()
        self.teacher_mask_ratio = teacher_mask_ratio
        self.hidden = int(mask_ratio * number)
        self.teacher_hidden = int(teacher_mask_ratio * number)
        if not 0 < self.teacher_hidden < self.hidden:
            raise ValueError(
                f'`teacher_mask_ratio` {teacher_mask_ratio} hides '
                f'{self.teacher_hidden} of {number} patches from the teacher, '
                f'`mask_ratio` {mask_ratio} hides {self.hidden} from the '
                'student: the teacher must see more, and not all. AMD uses '
                '0.75 and 0.9')

    def transform(self, results: dict) -> dict:
        """Draw masks with NumPy's global generator."""
        pairs = np.stack([self._draw() for _ in range(self.num_masks or 1)], 1)
        if not self.num_masks:
            pairs = pairs[:, 0]
        results['mask'], results['teacher_mask'] = pairs
        return results

    def _draw(self) -> np.ndarray:
        """Both masks, shape (2, L)."""
        number = self._num_choices()
        rank = np.random.permutation(number)  # of each patch in the shuffle
        masks = np.stack([rank < self.hidden, rank < self.teacher_hidden])
        return np.tile(masks, self.grid_size[0])

    def __repr__(self) -> str:
        return (f'{self.__class__.__name__}(grid_size={self.grid_size}, '
                f'mask_ratio={self.mask_ratio}, '
                f'teacher_mask_ratio={self.teacher_mask_ratio}, '
                f'num_masks={self.num_masks})')
