"""Whole frames whose sides are not a multiple of the patch size."""
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
    ``img_shape`` stays that of the frame. Clips of several sizes are padded
    likewise to the largest of their batch. Attention sees the padding, as in
    the published network. (MMAction2 pads a batch before normalisation, with
    black, and its ViT leaves the last 5 columns out; persons at the edge lose
    them.)

    The published test pads clips of several films to one batch, so that a
    score depends on the other clips of its batch. The configs here test clip
    by clip, a deliberate deviation: each is padded to whole patches alone.

    Args:
        pad_size_divisor (int): Sides become multiples of this, in pixels.
        **kwargs: Arguments of ``mmaction.ActionDataPreprocessor``.

    Raises:
        ValueError: If ``pad_size_divisor`` is not positive.

    Source: VideoMAE's detection protocol.
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

        Raises:
            ValueError: If the clips differ in their number of frames.
        """
        lengths = {len(clip[0]) for clip in inputs}
        if len(lengths) > 1:
            raise ValueError('the clips of a batch have '
                             f'{sorted(lengths)} frames: only height and '
                             'width may differ')
        sizes = [clip.shape[-2:] for clip in inputs]
        clips, data_samples = super().preprocess(inputs, data_samples,
                                                 training)
        # the parent has padded before it normalised
        for clip, (height, width) in zip(clips, sizes):
            clip[..., height:, :] = 0
            clip[..., width:] = 0
        height, width = clips.shape[-2:]
        divisor = self.pad_size_divisor
        clips = F.pad(clips, (0, -width % divisor, 0, -height % divisor))
        return clips, data_samples
