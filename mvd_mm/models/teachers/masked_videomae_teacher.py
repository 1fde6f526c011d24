"""VideoMAE as a teacher that sees a part of the clip, layer by layer."""
# Shapes: B clips, L tokens in a clip, V visible to the student, N further
# ones visible to the teacher, F width of the teacher.
from typing import List, Optional, Sequence

import torch
from torch import Tensor

from mvd_mm.registry import MODELS
from ..layers import block_outputs, check_layers
from .video_teacher import VideoMAETeacher

__all__ = ['MaskedVideoMAETeacher']


@MODELS.register_module()
class MaskedVideoMAETeacher(VideoMAETeacher):
    """Features of a VideoMAE encoder on more tokens than the student sees.

    What the student sees comes first, then what the teacher alone sees, so
    that its features are cut at V. Called as other teachers are, it gives the
    last block's features of the whole clip.

    Source: `Asymmetric Masked Distillation
    <https://arxiv.org/abs/2311.03149>`_: ViT-L, layers 12 and 24 of 24.

    Args:
        vit (dict): See :class:`VideoMAETeacher`.
        layers (Sequence[int]): Numbers of the blocks, from 1, whose outputs
            are targets, in rising order.
        checkpoint (str, optional): See :class:`FrozenTeacher`.
        random_init (bool): See :class:`FrozenTeacher`.

    Raises:
        ValueError: If there are no such blocks.
    """

    def __init__(self,
                 vit: dict,
                 layers: Sequence[int] = (12, 24),
                 checkpoint: Optional[str] = None,
                 random_init: bool = False) -> None:
        super().__init__(vit, checkpoint, random_init)
        self.layers = check_layers('teacher.layers', layers,
                                   len(self.vit.blocks))

    @torch.no_grad()
    def layer_features(self, clip: Tensor, mask: Tensor,
                       wanted: Tensor) -> List[Tensor]:
        """Compute targets of the tokens that the teacher sees.

        Args:
            clip (Tensor): Normalised clips, shape (B, 3, T, H, W).
            mask (Tensor): bool, shape (B, L), True means hidden from the
                student.
            wanted (Tensor): bool, shape (B, L), True for the N tokens that
                the teacher sees besides; the rest is hidden from both.

        Returns:
            list[Tensor]: For each layer features before any closing norm, of
            the student's tokens and then of the wanted ones, (B, V + N, F).
        """
        tokens = torch.cat(
            [self.vit.embed(clip, mask),
             self.vit.embed(clip, ~wanted)], dim=1)
        return block_outputs(self.vit.blocks, tokens, self.layers)
