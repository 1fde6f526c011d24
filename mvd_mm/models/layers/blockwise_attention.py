"""Attention on a CPU in blocks of queries, on oneDNN's products.

PyTorch's fused kernel for CPUs multiplies small blocks one after the other
with MKL and reached a third of the processor's peak. Here a block is so many
queries of a head that its products run near the peak, while its weights stay
in the cache: nothing of the size (L, L) is stored, and gradients compute the
weights again.
"""
from typing import Tuple

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from mvd_mm.utils import onednn
from mvd_mm.utils.autocast import autocast_dtype, is_compiling

__all__ = ['attends_blockwise', 'blockwise_attention']

# queries in a block; with 1568 keys its weights are 3 MB in float32
_BLOCK = 512
# with fewer tokens the fused kernel is as fast
_MIN_TOKENS = 400


def attends_blockwise(query: Tensor, key: Tensor) -> bool:
    """Whether :func:`blockwise_attention` is the faster way.

    Args:
        query (Tensor): Shape (B, heads, M, d).
        key (Tensor): Shape (B, heads, L, d).
    """
    return (min(query.shape[2], key.shape[2]) >= _MIN_TOKENS
            and onednn.multiplies(query) and not is_compiling())


def blockwise_attention(query: Tensor, key: Tensor, value: Tensor,
                        scale: float) -> Tensor:
    """``scaled_dot_product_attention`` without dropout, on a CPU.

    Args:
        query (Tensor): Shape (B, heads, M, d), float32 or bfloat16.
        key (Tensor): Shape (B, heads, L, d).
        value (Tensor): Shape (B, heads, L, d).
        scale (float): Of the products of queries and keys.

    Returns:
        Tensor: Shape (B, heads, M, d), heads behind the tokens in memory.
    """
    dtype = autocast_dtype(query.device.type)
    if dtype is not None:
        query, key, value = (x.to(dtype) for x in (query, key, value))
    return _Attention.apply(query, key, value, scale)


def _softmax(scores: Tensor) -> Tensor:
    # the ATen operator, which autocast leaves in the precision it has
    return torch.ops.aten._softmax(scores, -1, False)


class _Attention(Function):

    @staticmethod
    def forward(ctx, query: Tensor, key: Tensor, value: Tensor,
                scale: float) -> Tensor:
        ctx.save_for_backward(query, key, value)
        ctx.scale = scale
        batch, heads, number, width = query.shape
        out = query.new_empty(batch, number, heads, width).transpose(1, 2)
        for clip in range(batch):
            for head in range(heads):
                keys = key[clip, head].contiguous()
                values = value[clip, head].t().contiguous()
                for i in range(0, number, _BLOCK):
                    rows = slice(i, i + _BLOCK)
                    queries = query[clip, head, rows] * scale
                    weights = _softmax(onednn.product(queries, keys))
                    out[clip, head, rows] = onednn.product(weights, values)
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx, grad: Tensor) -> Tuple[Tensor, Tensor, Tensor, None]:
        query, key, value = ctx.saved_tensors
        batch, heads, number, _ = query.shape
        grads = [
            x.new_zeros(batch, x.shape[2], heads, x.shape[3]).transpose(1, 2)
            for x in (query, key, value)
        ]
        for clip in range(batch):
            for head in range(heads):
                keys = key[clip, head].contiguous()
                values = value[clip, head].contiguous()
                of_query, of_key, of_value = (g[clip, head] for g in grads)
                for i in range(0, number, _BLOCK):
                    rows = slice(i, i + _BLOCK)
                    queries = query[clip, head, rows] * ctx.scale
                    above = grad[clip, head, rows].contiguous()
                    weights = _softmax(onednn.product(queries, keys))
                    of_scores = torch.ops.aten._softmax_backward_data(
                        onednn.product(above, values), weights, -1,
                        weights.dtype)
                    of_query[rows] = onednn.product(of_scores,
                                                    keys.t()) * ctx.scale
                    of_key += onednn.product(of_scores.t(), queries.t())
                    of_value += onednn.product(weights.t(), above.t())
        return (*grads, None)
