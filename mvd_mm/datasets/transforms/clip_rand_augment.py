"""RandAugment with one draw for all frames of a clip."""
from typing import List, NamedTuple, Optional

import numpy as np
from mmcv.transforms import BaseTransform

from mvd_mm.registry import TRANSFORMS
from .pending_frames import PendingFrames
from .rand_augment_ops import OPERATIONS

__all__ = ['ClipRandAugment']

_FILTERS = ('bilinear', 'bicubic')
_MAX_MAGNITUDE = 10


class _Step(NamedTuple):
    """One drawn operation, ready to be applied to every frame."""
    name: str
    argument: Optional[float]
    interpolation: Optional[str]


@TRANSFORMS.register_module()
class ClipRandAugment(BaseTransform):
    """RandAugment, the same operations and arguments for all frames.

    The defaults are ``rand-m7-n4-mstd0.5-inc1``: four draws with replacement
    out of the fifteen operations of :mod:`.rand_augment_ops`, each applied
    with probability 0.5 at its own magnitude, drawn from a normal
    distribution of mean 7 and standard deviation 0.5 and clipped to 0..10.
    Operations with a direction (rotate, shear, translate, the four factors)
    draw a sign. Everything is drawn once per sample, so that all frames
    change alike. Only what an operation measures, such as the histogram for
    equalise or the mean for contrast, is measured in each frame.

    The pixels are Pillow's, bit by bit, for the reasons that
    :mod:`.rand_augment_ops` gives.

    Required Keys:

    - imgs: RGB frames of one size, uint8, each (h, w, 3).

    Modified Keys:

    - imgs (np.ndarray | PendingFrames): uint8, shape (M, h, w, 3).

    Added Keys:

    - rand_augment (list): What was applied: name, argument, interpolation.

    Source: `RandAugment <https://arxiv.org/abs/1909.13719>`_; the settings
    are those of MVD's fine-tuning.

    Args:
        num_ops (int): Operations drawn.
        magnitude (float): Mean magnitude, in 0..10.
        magnitude_std (float): Standard deviation of the magnitude.
        prob (float): Probability that a drawn operation is applied.
        interpolation (str): Of warps: 'bicubic', as published, 'bilinear',
            or 'random', which draws one of the two for each operation.
        fill (int): Grey level of what a warp leaves empty, 0..255.
        lazy (bool): Leave the work to ``mvd_mm.ClipRandomResizedCrop``, which
            must come next and computes only what its crop shows; the numbers
            are the same.

    Raises:
        ValueError: If an argument is out of its range; in ``transform``, if
            the frames are not uint8 of three channels.
    """

    def __init__(self,
                 num_ops: int = 4,
                 magnitude: float = 7,
                 magnitude_std: float = 0.5,
                 prob: float = 0.5,
                 interpolation: str = 'bicubic',
                 fill: int = 128,
                 lazy: bool = False) -> None:
        if num_ops < 0:
            raise ValueError(f'`num_ops` must not be negative, got {num_ops}')
        if not 0 <= magnitude <= _MAX_MAGNITUDE:
            raise ValueError(f'`magnitude` must be in 0..{_MAX_MAGNITUDE}, '
                             f'got {magnitude}')
        if magnitude_std < 0:
            raise ValueError(
                f'`magnitude_std` must not be negative, got {magnitude_std}')
        if not 0 <= prob <= 1:
            raise ValueError(f'`prob` must be in [0, 1], got {prob}')
        if interpolation not in ('random', *_FILTERS):
            raise ValueError("`interpolation` must be 'random', 'bilinear' or "
                             f"'bicubic', got {interpolation!r}")
        if not 0 <= fill <= 255:
            raise ValueError(f'`fill` must be in 0..255, got {fill}')
        self.num_ops = num_ops
        self.magnitude = magnitude
        self.magnitude_std = magnitude_std
        self.prob = prob
        self.interpolation = interpolation
        self.fill = fill
        self.lazy = lazy

    def draw(self) -> List[_Step]:
        """Draw what is applied, with NumPy's global generator."""
        names = np.random.choice(list(OPERATIONS), self.num_ops)
        return [
            self._draw_step(str(name)) for name in names
            if np.random.rand() < self.prob
        ]

    def _draw_step(self, name: str) -> _Step:
        operation = OPERATIONS[name]
        if operation.argument is None:
            return _Step(name, None, None)
        magnitude = np.random.normal(self.magnitude, self.magnitude_std)
        magnitude = min(max(magnitude, 0), _MAX_MAGNITUDE)
        if operation.signed and np.random.rand() < 0.5:
            magnitude = -magnitude
        interpolation = None
        if operation.warps:
            interpolation = self.interpolation
            if interpolation == 'random':
                interpolation = str(np.random.choice(_FILTERS))
        return _Step(name, operation.argument(magnitude), interpolation)

    def transform(self, results: dict) -> dict:
        """Augment all frames of the sample alike."""
        frames = np.asarray(results['imgs'])
        if frames.dtype != np.uint8 or frames.shape[-1] != 3:
            raise ValueError(
                '`imgs` must be uint8 frames of three channels, got '
                f'{frames.dtype} of shape {frames.shape}: place '
                'ClipRandAugment right after decoding')
        results['rand_augment'] = self.draw()
        pending = PendingFrames(frames, results['rand_augment'], self.fill)
        results['imgs'] = pending if self.lazy else pending.all()
        return results

    def __repr__(self) -> str:
        return (f'{self.__class__.__name__}(num_ops={self.num_ops}, '
                f'magnitude={self.magnitude}, '
                f'magnitude_std={self.magnitude_std}, prob={self.prob}, '
                f'interpolation={self.interpolation!r}, fill={self.fill})')
