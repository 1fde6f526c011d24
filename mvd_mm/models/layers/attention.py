"""Multi-head self-attention that never stores the matrix of weights."""
from typing import Optional, Union

import torch
import torch.nn.functional as F
from mmaction.models.backbones.vit_mae import Attention
from torch import Tensor, nn

from mvd_mm.utils.onednn import linear
from .blockwise_attention import attends_blockwise, blockwise_attention
from .linear import Linear

__all__ = ['FusedAttention']


class FusedAttention(Attention):
    """MMAction2's attention on PyTorch's fused kernels, or block by block.

    Parameters keep MMAction2's names; the matrix of weights (B, heads, L, L)
    is never stored. On CPUs see :func:`blockwise_attention`.

    Source: MMAction2's ``Attention`` of its VideoMAE; results compared.

    Args:
        embed_dims (int): Width of the tokens.
        num_heads (int): Number of heads.
        qkv_bias (bool or str): True: biases on query and value, none on key
            (VideoMAE, MVD). 'full': one bias over all three (MAE). False:
            none.
        qk_scale (float, optional): Scale of the products; by default one over
            the square root of a head's width.
        attn_drop_rate (float): Dropout on the attention weights.
        drop_rate (float): Dropout on the output.

    Raises:
        ValueError: If ``embed_dims`` is not a multiple of ``num_heads``.
    """

    qkv: nn.Linear
    proj: nn.Linear

    def __init__(self,
                 embed_dims: int,
                 num_heads: int,
                 qkv_bias: Union[bool, str] = True,
                 qk_scale: Optional[float] = None,
                 attn_drop_rate: float = 0.,
                 drop_rate: float = 0.) -> None:
        if embed_dims % num_heads:
            raise ValueError('`embed_dims` must be a multiple of '
                             f'`num_heads`, got {embed_dims} and {num_heads}')
        if qkv_bias not in (True, False, 'full'):
            raise ValueError("`qkv_bias` must be True, False or 'full', got "
                             f'{qkv_bias!r}')
        super().__init__(
            embed_dims,
            num_heads=num_heads,
            qkv_bias=qkv_bias is True,
            qk_scale=qk_scale,
            attn_drop_rate=attn_drop_rate,
            drop_rate=drop_rate)
        if qkv_bias == 'full':
            self.qkv = nn.Linear(embed_dims, embed_dims * 3)
        self.qkv = Linear.of(self.qkv)
        self.proj = Linear.of(self.proj)

    def forward(self,
                x: Tensor,
                queries: Optional[slice] = None,
                rows: Optional[Tensor] = None) -> Tensor:
        """Attend and project.

        Args:
            x (Tensor): Shape (B, L, D).
            queries (slice, optional): The M tokens of each clip whose result
                is needed.
            rows (Tensor, optional): Indices, shape (R, ), of the tokens whose
                result is needed, counted over the whole batch.

        Returns:
            Tensor: Shape (B, L, D), with ``queries`` (B, M, D), with ``rows``
            (1, R, D).
        """
        attended = self.attend(x, queries)
        if rows is not None:
            attended = attended.flatten(0, 1)[rows].unsqueeze(0)
        return self.proj_drop(self.proj(attended))

    def attend(self, x: Tensor, queries: Optional[slice] = None) -> Tensor:
        """Weigh the values of all tokens, before the projection.

        Args:
            x (Tensor): Shape (B, L, D).
            queries (slice, optional): The M tokens whose result is needed.

        Returns:
            Tensor: Shape (B, L, D), or (B, M, D).
        """
        bias: Optional[Tensor] = None  # the layer's own, if any
        if hasattr(self, 'q_bias'):
            bias = torch.cat(
                [self.q_bias,
                 torch.zeros_like(self.v_bias), self.v_bias])
        if queries is None:
            query, key, value = self._heads(self.qkv(x, bias), 3)
        else:
            bias = self.qkv.bias if bias is None else bias
            parts = [self.embed_dims, 2 * self.embed_dims]
            weights = self.qkv.weight.split(parts)
            biases = [None, None] if bias is None else bias.split(parts)
            query, = self._heads(
                linear(x[:, queries], weights[0], biases[0]), 1)
            key, value = self._heads(linear(x, weights[1], biases[1]), 2)
        dropout = self.attn_drop.p if self.training else 0.
        if not dropout and attends_blockwise(query, key):
            x = blockwise_attention(query, key, value, self.scale)
        else:
            x = F.scaled_dot_product_attention(
                query, key, value, dropout_p=dropout, scale=self.scale)
        return x.transpose(1, 2).flatten(2)  # (B, M, D)

    def _heads(self, x: Tensor, count: int) -> Tensor:
        """Shape (B, L, count * D) to (count, B, heads, L, d)."""
        x = x.unflatten(2, (count, self.num_heads, -1))
        return x.permute(2, 0, 3, 1, 4)
