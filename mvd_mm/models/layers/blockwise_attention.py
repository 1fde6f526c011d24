"""Attention on a CPU in blocks whose weights stay in the cache.

PyTorch's fused kernel for CPUs multiplies small blocks one after the other
with MKL and reached a third of an AMD EPYC's peak in float32, less in
bfloat16. Here a block is so many queries of a head, or so many heads, that
its products, which are oneDNN's, run near the peak. Nothing of the size
(B, heads, L, L) is stored; gradients compute the weights again.
"""
from typing import Iterator, Optional, Tuple

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from mvd_mm.utils import onednn
from mvd_mm.utils.autocast import autocast_dtype, is_compiling

__all__ = ['attends_blockwise', 'blockwise_attention']

# weights in a block: 2 MB in bfloat16, 4 MB in float32
_WEIGHTS = 2**20
# in float32, with fewer tokens, the fused kernel is as fast
_MIN_TOKENS = 400


def attends_blockwise(query: Tensor, key: Tensor) -> bool:
    """Whether :func:`blockwise_attention` is the faster way.

    Args:
        query (Tensor): Shape (B, heads, M, d).
        key (Tensor): Shape (B, heads, L, d).
    """
    if is_compiling() or not onednn.multiplies(query):
        return False
    if (autocast_dtype('cpu') or query.dtype) == torch.bfloat16:
        return onednn.multiplies_bfloat16()
    return min(query.shape[2], key.shape[2]) >= _MIN_TOKENS


def blockwise_attention(query: Tensor, key: Tensor, value: Tensor,
                        scale: float) -> Tensor:
    """``scaled_dot_product_attention`` without dropout, on a CPU.

    Args:
        query (Tensor): Shape (B, heads, M, d), float32 or bfloat16.
        key (Tensor): Shape (B, heads, L, d).
        value (Tensor): Shape (B, heads, L, d).
        scale (float): Of the products of queries and keys.

    Returns:
        Tensor: Shape (B, heads, M, d).
    """
    dtype = autocast_dtype('cpu') or query.dtype
    # (B * heads, M or L, d)
    heads = (x.to(dtype).flatten(0, 1) for x in (query, key, value))
    return _Attention.apply(*heads, scale).unflatten(0, query.shape[:2])


def _blocks(query: Tensor, key: Tensor) -> Iterator[Tuple[slice, slice]]:
    """Heads and queries of each block."""
    total, number = query.shape[:2]
    rows = min(number, max(_WEIGHTS // key.shape[1], 1))
    # the product in float32 takes one matrix
    heads = (1 if query.dtype == torch.float32 else max(
        _WEIGHTS // (rows * key.shape[1]), 1))
    for i in range(0, total, heads):
        for j in range(0, number, rows):
            yield slice(i, i + heads), slice(j, j + rows)


def _multiply(left: Tensor, right: Tensor) -> Tensor:
    """Shapes (n, M, K) and (n, N, K) to (n, M, N)."""
    if left.dtype == torch.float32:
        return onednn.product(left[0], right[0]).unsqueeze(0)
    return torch.bmm(left, right.transpose(1, 2))


def _softmax(scores: Tensor) -> Tensor:
    # the ATen operator, which autocast leaves in the precision it has
    return torch.ops.aten._softmax(scores, -1, False)


class _Attention(Function):

    @staticmethod
    def forward(ctx, query: Tensor, key: Tensor, value: Tensor,
                scale: float) -> Tensor:
        ctx.save_for_backward(query, key, value)
        ctx.scale = scale
        out = torch.empty_like(query, memory_format=torch.contiguous_format)
        for heads, rows in _blocks(query, key):
            weights = _softmax(
                _multiply(query[heads, rows] * scale, key[heads]))
            out[heads, rows] = _multiply(weights, value[heads].transpose(1, 2))
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx, grad: Tensor) -> Tuple[Optional[Tensor], ...]:
        query, key, value = ctx.saved_tensors
        grads = [torch.zeros_like(x) for x in (query, key, value)]
        for heads, rows in _blocks(query, key):
            keys, values = key[heads], value[heads]
            queries, above = query[heads, rows] * ctx.scale, grad[heads, rows]
            weights = _softmax(_multiply(queries, keys))
            of_scores = torch.ops.aten._softmax_backward_data(
                _multiply(above, values), weights, -1, weights.dtype)
            grads[0][heads, rows] = _multiply(of_scores, keys.transpose(
                1, 2)) * ctx.scale
            grads[1][heads] += _multiply(
                of_scores.transpose(1, 2), queries.transpose(1, 2))
            grads[2][heads] += _multiply(
                weights.transpose(1, 2), above.transpose(1, 2))
        return (*grads, None)
