"""The video ViT of MVD: student, fine-tuned backbone, teachers' network."""
# Shapes: B clips, C channels, T frames, L tokens in a clip, V visible tokens,
# D width; T', H', W' is the token grid, L = T' * H' * W'.
from typing import List, Optional, Sequence, Tuple, Union

import torch
from mmcv.cnn import build_norm_layer
from mmengine.model import BaseModule
from torch import Tensor, nn

from mvd_mm.checkpoints import load_encoder
from mvd_mm.positions import (build_position_table, fit_position_table,
                              resize_position_table)
from mvd_mm.registry import MODELS
from mvd_mm.utils.ranges import check_counts, check_shares
from ..layers import (TokenSplit, TubeletEmbed, build_blocks, split_tokens,
                      take_tokens, token_grid)

__all__ = ['MVDVisionTransformer']

_FINE_TUNING_INIT = (dict(
    type='TruncNormal', layer='Linear', std=0.02,
    bias=0.), dict(type='Constant', layer='LayerNorm', val=1., bias=0.))


@MODELS.register_module()
class MVDVisionTransformer(BaseModule):
    """Video ViT with MVD's 3-D positions, on all tokens or the visible ones.

    With a ``mask`` it is the student's encoder: only visible tokens are
    embedded and encoded. Without one it is a backbone that takes the place of
    ``mmaction.VisionTransformer`` in any recognition or detection config:
    arguments and parameters have the same names. The class name must keep the
    substring ``VisionTransformer``: MMAction2's layer-decay constructor
    matches on it.

    The same class, with other options, is VideoMAE's encoder
    (``pos_embed_type='sinusoid_1d'``) and MAE's (``num_frames=1,
    tubelet_size=1, with_cls_token=True, qkv_bias='full',
    pos_embed_type='sincos_2d'``).

    Source: `Masked Video Distillation <https://arxiv.org/abs/2212.04500>`_ and
    `VideoMAE <https://arxiv.org/abs/2203.12602>`_; blocks are MMAction2's,
    features compared with the published code.

    Args:
        img_size (int or tuple[int, int]): Height and width in pixels.
        patch_size (int): Side of a patch, in pixels.
        in_channels (int): Channels of the input.
        embed_dims (int): Width D.
        depth (int): Number of blocks.
        num_heads (int): Number of attention heads.
        mlp_ratio (float): Width of the MLP's hidden layer over D.
        qkv_bias (bool or str): True: on query and value, none on key.
            'full': one bias over all three (MAE). False: none.
        qk_scale (float, optional): Scale of the attention's products.
        drop_rate (float): Dropout after positions, attention, MLP.
        attn_drop_rate (float): Dropout on attention weights.
        drop_path_rate (float): Stochastic depth of the last block, rising
            linearly from 0.
        norm_cfg (dict): Normalisation layer.
        init_values (float): Start value of the layer scale; 0: none.
        num_frames (int): Frames in a clip.
        tubelet_size (int): Frames in a tubelet.
        use_mean_pooling (bool): True: features are the mean of the last
            block's tokens, then ``fc_norm`` (fine-tuning). False: the closing
            ``norm`` on every token (pre-training, detection).
        return_feat_map (bool): Return (B, D, T', H', W') for detection.
        with_cls_token (bool): Prepend a class token (MAE).
        pos_embed_type (str): 'sincos_3d' (MVD), 'sinusoid_1d' (VideoMAE) or
            'sincos_2d' (MAE).
        init_cfg (dict or list[dict], optional): Initialisation; the default
            is that of fine-tuning, truncated normal of 0.02. An entry
            ``dict(type='Pretrained', checkpoint=FILE)`` is loaded strictly
            from any file known here, published or ours; None: from scratch.

    Raises:
        ValueError: If frames do not divide by the tubelet, the size by the
            patch, the width by the heads; if a number is outside its range.
    """

    def __init__(
        self,
        img_size: Union[int, Tuple[int, int]] = 224,
        patch_size: int = 16,
        in_channels: int = 3,
        embed_dims: int = 768,
        depth: int = 12,
        num_heads: int = 12,
        mlp_ratio: float = 4.,
        qkv_bias: Union[bool, str] = True,
        qk_scale: Optional[float] = None,
        drop_rate: float = 0.,
        attn_drop_rate: float = 0.,
        drop_path_rate: float = 0.,
        norm_cfg: dict = dict(type='LN', eps=1e-6),
        init_values: float = 0.,
        num_frames: int = 16,
        tubelet_size: int = 2,
        use_mean_pooling: bool = True,
        return_feat_map: bool = False,
        with_cls_token: bool = False,
        pos_embed_type: str = 'sincos_3d',
        init_cfg: Optional[Union[dict, Sequence[dict]]] = _FINE_TUNING_INIT
    ) -> None:
        check_counts(
            img_size=img_size,
            patch_size=patch_size,
            in_channels=in_channels,
            embed_dims=embed_dims,
            depth=depth,
            num_heads=num_heads,
            num_frames=num_frames,
            tubelet_size=tubelet_size)
        check_shares(
            drop_rate=drop_rate,
            attn_drop_rate=attn_drop_rate,
            drop_path_rate=drop_path_rate)
        if mlp_ratio <= 0:
            raise ValueError(f'`mlp_ratio` must be positive, got {mlp_ratio}')
        entries = [init_cfg] if isinstance(init_cfg, dict) else init_cfg or []
        others = [e for e in entries if e['type'] != 'Pretrained']
        files = [e['checkpoint'] for e in entries if e not in others]
        super().__init__(
            others or (list(_FINE_TUNING_INIT) if files else None))
        self._pretrained = files
        if isinstance(img_size, int):
            img_size = (img_size, img_size)
        self.grid_size = token_grid(img_size, patch_size, num_frames,
                                    tubelet_size)
        self.embed_dims = embed_dims
        self.patch_size = patch_size
        self.tubelet_size = tubelet_size
        self.pos_embed_type = pos_embed_type
        self.return_feat_map = return_feat_map

        self.patch_embed = TubeletEmbed(embed_dims, patch_size, tubelet_size,
                                        in_channels)
        table = build_position_table(pos_embed_type, embed_dims,
                                     self.grid_size)
        self.cls_token = None
        if with_cls_token:
            self.cls_token = nn.Parameter(torch.zeros(1, 1, embed_dims))
            # MAE's table has a row of zeros for the class token
            table = torch.cat([torch.zeros(1, 1, embed_dims), table], dim=1)
        self.register_buffer('pos_embed', table)
        self.pos_drop = nn.Dropout(drop_rate)
        self.blocks = build_blocks(
            depth,
            drop_path_rate,
            embed_dims=embed_dims,
            num_heads=num_heads,
            mlp_ratio=mlp_ratio,
            qkv_bias=qkv_bias,
            qk_scale=qk_scale,
            drop_rate=drop_rate,
            attn_drop_rate=attn_drop_rate,
            init_values=init_values,
            norm_cfg=norm_cfg)
        norm = build_norm_layer(norm_cfg, embed_dims)[1]
        self.norm = nn.Identity() if use_mean_pooling else norm
        self.fc_norm = norm if use_mean_pooling else None

    def init_weights(self) -> None:
        """Initialise, the class token as in MAE; then load what is given."""
        super().init_weights()
        if self.cls_token is not None:
            nn.init.normal_(self.cls_token, std=0.02)
        for path in self._pretrained:
            if path is not None:
                # the closing norm of pre-training is not that of fine-tuning
                load_encoder(self, path)

    def embed(self,
              x: Tensor,
              mask: Optional[Union[Tensor, TokenSplit]] = None) -> Tensor:
        """Tokens with positions, as the first block takes them.

        Args:
            x (Tensor): Normalised clips, shape (B, C, T, H, W).
            mask (Tensor or TokenSplit, optional): As of :meth:`encode`.

        Returns:
            Tensor: Shape (B, L, D), or (B, V, D) with a mask; the class token,
            if any, stands first.
        """
        split = None if mask is None else split_tokens(mask)
        tokens = self.patch_embed(x, split)
        pos_embed = self._positions(x)
        num_extra = 0 if self.cls_token is None else 1
        # not len(x), which torch.export takes for a constant
        batch = x.shape[0]
        pos = pos_embed[:, num_extra:]  # (1, L, D)
        if split is not None:
            pos = take_tokens(pos, split.visible)  # (B, V, D)
        tokens = tokens + pos
        if self.cls_token is not None:
            cls_token = self.cls_token + pos_embed[:, :1]
            tokens = torch.cat(
                [cls_token.expand(batch, -1, -1).type_as(tokens), tokens],
                dim=1)
        return self.pos_drop(tokens)

    def encode(self,
               x: Tensor,
               mask: Optional[Union[Tensor, TokenSplit]] = None,
               rows: Optional[Tensor] = None) -> Tensor:
        """Tokens after the last block, before any closing norm.

        Args:
            x (Tensor): Normalised clips, shape (B, C, T, H, W).
            mask (Tensor or TokenSplit, optional): bool, shape (B, L), True
                means hidden; every row hides the same number of tokens. Or
                what :func:`split_tokens` makes of it.
            rows (Tensor, optional): Indices, shape (R, ), of the tokens that
                are needed, counted over the whole batch, class tokens
                included.

        Returns:
            Tensor: Shape (B, L, D), or (B, V, D) with a mask; the class token,
            if any, stands first. With ``rows`` (1, R, D).
        """
        tokens = self.embed(x, mask)
        for block in self.blocks[:-1]:
            tokens = block(tokens)
        if rows is None:
            return self.blocks[-1](tokens)
        return self.blocks[-1](tokens, rows=rows)

    def forward(self,
                x: Tensor,
                mask: Optional[Union[Tensor, TokenSplit]] = None) -> Tensor:
        """Encode a whole clip, or only its visible tokens.

        Args:
            x (Tensor): Normalised clips, shape (B, C, T, H, W).
            mask (Tensor or TokenSplit, optional): bool, shape (B, L), True
                means hidden, or what it splits into.

        Returns:
            Tensor: With a mask the encoded visible tokens, (B, V, D). Without
            one: (B, D) with ``use_mean_pooling``, (B, D, T', H', W') with
            ``return_feat_map``, else the tokens, (B, L, D).
        """
        tokens = self.norm(self.encode(x, mask))
        if mask is not None:
            return tokens
        if self.return_feat_map:
            if self.cls_token is not None:
                tokens = tokens[:, 1:]
            tokens = tokens.transpose(1, 2)  # (B, D, L)
            return tokens.reshape(len(x), -1, *self._grid_of(x))
        if self.fc_norm is not None:
            return self.fc_norm(tokens.mean(1))
        return tokens

    def _grid_of(self, x: Tensor) -> Tuple[int, int, int]:
        return token_grid(x.shape[-2:], self.patch_size, x.shape[2],
                          self.tubelet_size)

    def _positions(self, x: Tensor) -> Tensor:
        """Positions for these clips, resized where their grid differs."""
        grid = self._grid_of(x)
        if grid == self.grid_size:
            return self.pos_embed
        num_extra = 0 if self.cls_token is None else 1
        table = resize_position_table(self.pos_embed[:, num_extra:],
                                      self.grid_size, grid)
        return torch.cat([self.pos_embed[:, :num_extra], table], dim=1)

    def _load_from_state_dict(self, state_dict, prefix, *args, **kwargs):
        """Never take a position table of another kind or grid as it is.

        Shapes do not tell MVD's 3-D table from VideoMAE's 1-D one, values do.
        A table of this kind on another grid is resized.

        Raises:
            ValueError: If the file holds another kind of table.
        """
        key = f'{prefix}pos_embed'
        if key in state_dict:
            state_dict[key] = self.fit_table(state_dict[key], key)
        super()._load_from_state_dict(state_dict, prefix, *args, **kwargs)

    def fit_table(self,
                  table: Tensor,
                  key: str = 'pos_embed',
                  notes: Optional[List[str]] = None) -> Tensor:
        """Fit a checkpoint's position table, see :func:`fit_position_table`.

        Args:
            table (Tensor): Shape (1, N + L', D).
            key (str): Its name in the checkpoint, for the error.
            notes (list[str], optional): Receives what was done.

        Returns:
            Tensor: Shape (1, N + L, D).
        """
        return fit_position_table(table, self.pos_embed, self.pos_embed_type,
                                  self.grid_size,
                                  0 if self.cls_token is None else 1, key,
                                  notes)
