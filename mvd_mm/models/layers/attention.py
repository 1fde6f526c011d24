"""Multi-head self-attention on PyTorch's fused kernels."""
from typing import Optional, Union

import torch
import torch.nn.functional as F
from mmaction.models.backbones.vit_mae import Attention
from torch import Tensor, nn

__all__ = ['FusedAttention']


class FusedAttention(Attention):
    """MMAction2's attention, computed by ``scaled_dot_product_attention``.

    Parameters keep MMAction2's names; the matrix of weights (B, heads, L, L)
    is never stored.

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

    def forward(self, x: Tensor) -> Tensor:
        """Attend; shape (B, L, D) in and out."""
        batch, num_tokens, _ = x.shape
        bias: Optional[Tensor] = self.qkv.bias
        if hasattr(self, 'q_bias'):
            bias = torch.cat(
                [self.q_bias,
                 torch.zeros_like(self.v_bias), self.v_bias])
        qkv = F.linear(x, self.qkv.weight, bias)
        qkv = qkv.reshape(batch, num_tokens, 3, self.num_heads, -1)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)  # (B, heads, L, d)
        x = F.scaled_dot_product_attention(
            query,
            key,
            value,
            dropout_p=self.attn_drop.p if self.training else 0.,
            scale=self.scale)
        x = x.transpose(1, 2).reshape(batch, num_tokens, -1)  # (B, L, D)
        return self.proj_drop(self.proj(x))
