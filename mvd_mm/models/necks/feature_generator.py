"""From features of visible tokens to features of wanted hidden ones."""
# Shapes: B clips, L tokens in a clip, V visible, N wanted, F feature width.
from typing import Optional, Sequence, Tuple, Union

import torch
from mmengine.model import BaseModule
from torch import Tensor, nn

from mvd_mm.positions import build_position_table
from mvd_mm.registry import MODELS
from ..layers import build_blocks

__all__ = ['FeatureGenerator']


@MODELS.register_module()
class FeatureGenerator(BaseModule):
    """Transformer at the teacher's width, over features and mask tokens.

    Its input is as wide as its output, so there is neither a projection nor a
    closing norm. Positions are added to the features although those carry the
    student's own, as published.

    Source: `Asymmetric Masked Distillation
    <https://arxiv.org/abs/2311.03149>`_, generation alignment: 2 blocks, 1024
    wide, 16 heads.

    Args:
        grid_size (tuple[int, int, int]): Token grid (T, H, W).
        embed_dims (int): Width F of the teacher's features.
        depth (int): Number of blocks.
        num_heads (int): Number of attention heads.
        mlp_ratio (float): Width of the MLP's hidden layer over F.
        qkv_bias (bool or str): As in :class:`MVDVisionTransformer`.
        norm_cfg (dict): Normalisation layer of the blocks.
        pos_embed_type (str): 'sinusoid_1d' (AMD), 'sincos_3d' or 'sincos_2d'.
        learn_mask_token (bool): Whether the mask token is trained. False: it
            stays the random vector it began as, as in the published code,
            where it is no parameter. (There every process has another one,
            and a resumed run draws anew; here it is one and it is saved.)
        init_cfg (dict or list[dict], optional): Initialisation; the default
            is that of pre-training, Xavier uniform.
    """

    mask_token: Tensor

    def __init__(
        self,
        grid_size: Tuple[int, int, int],
        embed_dims: int = 1024,
        depth: int = 2,
        num_heads: int = 16,
        mlp_ratio: float = 4.,
        qkv_bias: Union[bool, str] = True,
        norm_cfg: dict = dict(type='LN', eps=1e-6),
        pos_embed_type: str = 'sinusoid_1d',
        learn_mask_token: bool = True,
        init_cfg: Optional[Union[dict, Sequence[dict]]] = (dict(
            type='Xavier', layer='Linear', distribution='uniform',
            bias=0.), dict(
                type='Constant', layer='LayerNorm', val=1., bias=0.))
    ) -> None:
        if isinstance(init_cfg, tuple):
            init_cfg = list(init_cfg)
        super().__init__(init_cfg=init_cfg)
        frames, height, width = grid_size
        self.grid_size = (frames, height, width)
        self.embed_dims = embed_dims
        token = torch.zeros(1, 1, embed_dims)
        if learn_mask_token:
            self.mask_token = nn.Parameter(token)
        else:
            self.register_buffer('mask_token', token)
        self.register_buffer(
            'pos_embed',
            build_position_table(pos_embed_type, embed_dims, self.grid_size))
        self.blocks = build_blocks(
            depth,
            0.,
            embed_dims=embed_dims,
            num_heads=num_heads,
            mlp_ratio=mlp_ratio,
            qkv_bias=qkv_bias,
            norm_cfg=norm_cfg)

    def init_weights(self) -> None:
        """Initialise the layers, then the mask token."""
        super().init_weights()
        # of standard deviation 0.0108, once it is cut
        nn.init.trunc_normal_(self.mask_token, std=0.02, a=-0.02, b=0.02)

    def forward(self, visible: Tensor, mask: Tensor, wanted: Tensor) -> Tensor:
        """Generate.

        Args:
            visible (Tensor): Features of the visible tokens, shape (B, V, F).
            mask (Tensor): bool, shape (B, L), True means hidden.
            wanted (Tensor): bool, shape (B, L), True where a feature is to be
                generated, at N positions of every clip.

        Returns:
            Tensor: Features at the wanted positions in token order, shape
            (B, N, F).
        """
        batch, number, width = visible.shape
        pos = self.pos_embed.expand(batch, -1, -1)  # (B, L, F)
        tokens = torch.cat([
            visible + pos[~mask].reshape(batch, -1, width),
            self.mask_token + pos[wanted].reshape(batch, -1, width),
        ],
                           dim=1)  # (B, V + N, F)
        for block in self.blocks:
            tokens = block(tokens)
        return tokens[:, number:]
