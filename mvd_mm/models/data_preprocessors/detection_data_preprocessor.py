"""Whole frames whose sides are no multiple of a patch."""
from typing import List, Tuple

import torch.nn.functional as F
from mmaction.models.data_preprocessors import ActionDataPreprocessor
from torch import Tensor

from mvd_mm.registry import MODELS

__all__ = ['DetectionDataPreprocessor']


@MODELS.register_module()
class DetectionDataPreprocessor(ActionDataPreprocessor):
    """``ActionDataPreprocessor`` that pads frames to whole patches.

    A film of 4:3 at a short side of 256 is 341 pixels wide, that is, 21
    patches of 16 and 5 pixels. Zeros, the mean colour after normalisation,
    are added at the right and below: boxes keep their pixels, and
    ``img_shape`` stays that of the frame. (MMAction2's ViT leaves the last 5
    columns out; persons at the edge lose them.)

    Args:
        pad_size_divisor (int): Sides become multiples of this, in pixels.
        **kwargs: Arguments of ``mmaction.ActionDataPreprocessor``.

    Raises:
        ValueError: If ``pad_size_divisor`` is not positive.
    """

    def __init__(self, pad_size_divisor: int = 16, **kwargs) -> None:
        super().__init__(**kwargs)
        if pad_size_divisor < 1:
            raise ValueError('`pad_size_divisor` must be positive, got '
                             f'{pad_size_divisor}')
        self.pad_size_divisor = pad_size_divisor

    def preprocess(self,
                   inputs: List[Tensor],
                   data_samples: List,
                   training: bool = False) -> Tuple[Tensor, List]:
        """Stack, normalise, pad.

        Args:
            inputs (list[Tensor]): Clips, (C, T, H, W) each.
            data_samples (list[ActionDataSample]): Passed on.
            training (bool): Whether this is a step of training.

        Returns:
            tuple: Clips (B, C, T, H + pad, W + pad), and the samples.
        """
        clips, data_samples = super().preprocess(inputs, data_samples,
                                                 training)
        height, width = clips.shape[-2:]
        divisor = self.pad_size_divisor
        clips = F.pad(clips, (0, -width % divisor, 0, -height % divisor))
        return clips, data_samples
