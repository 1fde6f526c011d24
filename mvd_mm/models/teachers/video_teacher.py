"""VideoMAE as the video teacher."""
from typing import Optional

from torch import Tensor

from mvd_mm.registry import MODELS
from .frozen_teacher import FrozenTeacher

__all__ = ['VideoMAETeacher']


@MODELS.register_module()
class VideoMAETeacher(FrozenTeacher):
    """Features of a VideoMAE encoder on the whole, unmasked clip.

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
        """Shape (B, 3, T, H, W) to (B, L, F)."""
        return self.vit.encode(clip)
