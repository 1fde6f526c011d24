"""VideoMAE as the video teacher."""
import math
from typing import Optional

import torch
from torch import Tensor

from mvd_mm.registry import MODELS
from .frozen_teacher import FrozenTeacher

__all__ = ['VideoMAETeacher']


@MODELS.register_module()
class VideoMAETeacher(FrozenTeacher):
    """Features of a VideoMAE encoder on the whole, unmasked clip.

    Source: `Masked Video Distillation <https://arxiv.org/abs/2212.04500>`_,
    video teacher; features compared with the published code.

    Args:
        vit (dict): Arguments of :class:`MVDVisionTransformer`; positions are
            VideoMAE's 1-D sinusoid unless ``pos_embed_type`` says otherwise.
        checkpoint (str, optional): See :class:`FrozenTeacher`.
        random_init (bool): See :class:`FrozenTeacher`.
    """

    def __init__(self,
                 vit: dict,
                 checkpoint: Optional[str] = None,
                 random_init: bool = False) -> None:
        super().__init__({
            'pos_embed_type': 'sinusoid_1d',
            **vit
        }, checkpoint, random_init)

    def extract_targets(self, clip: Tensor) -> Tensor:
        """Targets of all tokens.

        Args:
            clip (Tensor): Shape (B, 3, T, H, W).

        Returns:
            Tensor: Shape (B, L, F).
        """
        return self.vit.encode(clip)

    def extract_hidden(self, clip: Tensor, hidden: Tensor) -> Tensor:
        """Targets of the hidden tokens; only these pass the last block.

        Args:
            clip (Tensor): Shape (B, 3, T, H, W).
            hidden (Tensor): Their indices, int64, shape (B, M).

        Returns:
            Tensor: Shape (B, M, F).
        """
        length = math.prod(self.vit.grid_size)
        first = torch.arange(len(clip), device=hidden.device) * length
        rows = hidden + first.unsqueeze(1)  # (B, M)
        feats = self.vit.encode(clip, rows=rows.flatten())
        return feats.reshape(*hidden.shape, -1)
