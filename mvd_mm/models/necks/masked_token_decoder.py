"""From visible tokens to a prediction at every hidden position."""
# Shapes: B clips, L tokens in a clip, V visible, M hidden, E decoder width.
from typing import Optional, Sequence, Tuple, Union

import torch
from mmcv.cnn import build_norm_layer
from mmengine.model import BaseModule
from torch import Tensor, nn

from mvd_mm.positions import build_position_table
from mvd_mm.registry import MODELS
from mvd_mm.utils.ranges import check_counts, check_shares
from ..layers import (Linear, TokenSplit, build_blocks, split_tokens,
                      take_tokens)

__all__ = ['MaskedTokenDecoder']

_PROJ_INITS = ('xavier', 'default')


@MODELS.register_module()
class MaskedTokenDecoder(BaseModule):
    """Shallow transformer over visible tokens and mask tokens.

    One per teacher in MVD, where it predicts features; the same network
    predicts pixels in stage 1 (VideoMAE: 1-D positions and no bias in the
    projection; MAE: 2-D positions and a class token). Attention knows the
    place of a token from its position alone, so all visible tokens can come
    first and all hidden ones last.

    Source: `Masked Video Distillation <https://arxiv.org/abs/2212.04500>`_,
    section 3; predictions compared with the published code.

    Args:
        in_channels (int): Width of the encoder.
        out_channels (int): Width of the prediction: the teacher's width, times
            the tubelet for an image teacher on all frames; for pixels
            3 * tubelet * patch * patch.
        grid_size (tuple[int, int, int]): Token grid (T, H, W).
        embed_dims (int): Width E.
        depth (int): Number of blocks.
        num_heads (int): Number of attention heads.
        mlp_ratio (float): Width of the MLP's hidden layer over E.
        qkv_bias (bool or str): As in :class:`MVDVisionTransformer`.
        drop_path_rate (float): Stochastic depth, rising linearly from 0.
        init_values (float): Start value of the layer scale; 0: none.
        norm_cfg (dict): Normalisation layer.
        pos_embed_type (str): 'sincos_3d' (MVD), 'sinusoid_1d' (VideoMAE) or
            'sincos_2d' (MAE).
        proj_bias (bool): Bias of the projection from encoder to decoder.
        proj_init (str): Initialisation of that projection: 'xavier', like
            every other linear layer (MVD, MAE), or 'default', PyTorch's own
            (VideoMAE).
        num_extra_tokens (int): Leading tokens without a position in the grid
            (MAE's class token), encoded along and dropped.
        mask_token_bound (float, optional): The mask token is drawn from a
            normal distribution of standard deviation 0.02, cut at plus and
            minus this. The default, that of MVD and VideoMAE, leaves a
            standard deviation of 0.0108. None: not cut (MAE).
        predict_visible (bool): Predict at every position in place of the
            hidden ones alone (all published recipes).
        init_cfg (dict or list[dict], optional): Initialisation; the default
            is that of pre-training, Xavier uniform.

    Raises:
        ValueError: If ``proj_init`` is neither of the two, or
            ``mask_token_bound`` is not positive.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        grid_size: Tuple[int, int, int],
        embed_dims: int,
        depth: int,
        num_heads: int,
        mlp_ratio: float = 4.,
        qkv_bias: Union[bool, str] = True,
        drop_path_rate: float = 0.,
        init_values: float = 0.,
        norm_cfg: dict = dict(type='LN', eps=1e-6),
        pos_embed_type: str = 'sincos_3d',
        proj_bias: bool = True,
        num_extra_tokens: int = 0,
        proj_init: str = 'xavier',
        mask_token_bound: Optional[float] = 0.02,
        predict_visible: bool = False,
        init_cfg: Optional[Union[dict, Sequence[dict]]] = (dict(
            type='Xavier', layer='Linear', distribution='uniform',
            bias=0.), dict(
                type='Constant', layer='LayerNorm', val=1., bias=0.))
    ) -> None:
        check_counts(
            in_channels=in_channels,
            out_channels=out_channels,
            grid_size=grid_size,
            embed_dims=embed_dims,
            num_heads=num_heads)
        check_counts(0, depth=depth, num_extra_tokens=num_extra_tokens)
        check_shares(drop_path_rate=drop_path_rate)
        if isinstance(init_cfg, tuple):
            init_cfg = list(init_cfg)
        super().__init__(init_cfg=init_cfg)
        if proj_init not in _PROJ_INITS:
            raise ValueError(f'`proj_init` must be one of {_PROJ_INITS}, got '
                             f'{proj_init!r}')
        if mask_token_bound is not None and mask_token_bound <= 0:
            raise ValueError('`mask_token_bound` must be positive, or None, '
                             f'got {mask_token_bound}')
        self.proj_init = proj_init
        self.mask_token_bound = mask_token_bound
        self.in_channels = in_channels
        self.out_channels = out_channels
        frames, height, width = grid_size
        self.grid_size = (frames, height, width)
        self.num_extra_tokens = num_extra_tokens
        self.predict_visible = predict_visible
        self.proj_in = Linear(in_channels, embed_dims, bias=proj_bias)
        self.mask_token = nn.Parameter(torch.zeros(1, 1, embed_dims))
        self.register_buffer(
            'pos_embed',
            build_position_table(pos_embed_type, embed_dims, self.grid_size))
        self.blocks = build_blocks(
            depth,
            drop_path_rate,
            embed_dims=embed_dims,
            num_heads=num_heads,
            mlp_ratio=mlp_ratio,
            qkv_bias=qkv_bias,
            init_values=init_values,
            norm_cfg=norm_cfg)
        self.norm = build_norm_layer(norm_cfg, embed_dims)[1]
        self.proj_out = Linear(embed_dims, out_channels)

    def init_weights(self) -> None:
        """Initialise the layers, then the mask token."""
        super().init_weights()
        if self.proj_init == 'default':
            self.proj_in.reset_parameters()
        bound = self.mask_token_bound
        if bound is None:
            nn.init.normal_(self.mask_token, std=0.02)
        else:
            nn.init.trunc_normal_(self.mask_token, std=0.02, a=-bound, b=bound)

    def forward(self, visible: Tensor, mask: Union[Tensor,
                                                   TokenSplit]) -> Tensor:
        """Decode.

        Args:
            visible (Tensor): Encoded tokens, shape (B, V, D), extra tokens
                first.
            mask (Tensor or TokenSplit): bool, shape (B, L), True means
                hidden; or what it splits into.

        Returns:
            Tensor: Predictions at the hidden positions in token order, shape
            (B, M, F); at every position, (B, L, F), with ``predict_visible``.
        """
        extra, split = self.num_extra_tokens, split_tokens(mask)
        tokens = self.proj_in(visible)
        tokens = torch.cat([
            tokens[:, :extra],
            tokens[:, extra:] + take_tokens(self.pos_embed, split.visible),
            self.mask_token + take_tokens(self.pos_embed, split.hidden),
        ],
                           dim=1)  # (B, extra + V + M, E)
        hidden = slice(tokens.shape[1] - split.hidden.shape[1], None)
        for block in self.blocks[:-1]:
            tokens = block(tokens)
        if self.predict_visible:
            for block in self.blocks[-1:]:
                tokens = block(tokens)
            # back from "visible first, hidden last" to token order
            order = torch.cat([split.visible, split.hidden], dim=1)
            tokens = take_tokens(tokens[:, extra:], order.argsort(dim=1))
        elif len(self.blocks):
            # of the visible tokens the last block needs keys and values alone
            # (no keyword: MMEngine's activation checkpointing takes none)
            tokens = self.blocks[-1](tokens, hidden)
        else:
            tokens = tokens[:, hidden]
        return self.proj_out(self.norm(tokens))
