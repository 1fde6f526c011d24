"""oneDNN's product of matrices on a CPU, with and without gradients.

PyTorch multiplies float32 matrices with MKL, which leaves AVX-512 aside on
processors that are not Intel's: on an AMD EPYC oneDNN was 2.2 times as fast.
Where MKL does use it, both are equally fast. oneDNN also adds the bias and
applies GELU while the result is in the cache.
"""
from functools import lru_cache
from typing import Optional, Tuple

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from .autocast import autocast_dtype, is_compiling

__all__ = ['linear', 'multiplies', 'multiplies_bfloat16', 'product', 'reorder']

# not in every build of PyTorch
_EXISTS = (
    torch.backends.mkldnn.is_available()
    and hasattr(torch.ops.mkldnn, '_linear_pointwise')
    and hasattr(torch.ops.mkldnn, '_reorder_linear_weight'))


def multiplies(tensor: Tensor, dtype: Optional[torch.dtype] = None) -> bool:
    """Whether products with a tensor can be oneDNN's.

    Args:
        tensor (Tensor): On the device in question.
        dtype (torch.dtype, optional): By default that of autocast or of the
            tensor.
    """
    kind = tensor.device.type
    if not _EXISTS or kind != 'cpu' or not torch.backends.mkldnn.enabled:
        return False
    dtype = dtype or autocast_dtype(kind) or tensor.dtype
    return dtype in (torch.float32, torch.bfloat16)


@lru_cache(maxsize=None)
def multiplies_bfloat16() -> bool:
    """Whether the processor has the instructions for bfloat16 products."""
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def product(x: Tensor,
            weight: Tensor,
            bias: Optional[Tensor] = None,
            gelu: bool = False) -> Tensor:
    """Multiply by a transposed matrix; nothing is recorded for gradients.

    Args:
        x (Tensor): Shape (..., K).
        weight (Tensor): Shape (N, K), same precision, as it is or reordered.
        bias (Tensor, optional): Shape (N, ).
        gelu (bool): Apply GELU to the result.

    Returns:
        Tensor: Shape (..., N).
    """
    return torch.ops.mkldnn._linear_pointwise(
        _dense(x), weight if weight.is_mkldnn else _dense(weight), bias,
        'gelu' if gelu else 'none', [], 'none' if gelu else '')


def _dense(x: Tensor) -> Tensor:
    """A matrix or its transpose without gaps: with gaps oneDNN took a
    hundred times as long.
    """
    dense = x.is_contiguous() or x.ndim == 2 and x.t().is_contiguous()
    return x if dense else x.contiguous()


def reorder(weight: Tensor) -> Tensor:
    """Lay out a weight for products to come."""
    return torch.ops.mkldnn._reorder_linear_weight(weight)


def linear(x: Tensor, weight: Tensor, bias: Optional[Tensor] = None) -> Tensor:
    """``torch.nn.functional.linear``, in float32 on a CPU by oneDNN.

    In bfloat16 PyTorch takes oneDNN's product by itself.
    """
    if (not is_compiling() and multiplies(x) and autocast_dtype('cpu') is None
            and x.dtype == torch.float32 and x.ndim > 1 and x.numel()):
        return _Linear.apply(x, weight, bias)
    return F.linear(x, weight, bias)


class _Linear(Function):
    """A linear layer whose gradients too are oneDNN's products."""

    @staticmethod
    def forward(ctx, x: Tensor, weight: Tensor,
                bias: Optional[Tensor]) -> Tensor:
        ctx.save_for_backward(x, weight)
        return product(x, weight, bias)

    @staticmethod
    @once_differentiable
    def backward(ctx, grad: Tensor) -> Tuple[Optional[Tensor], ...]:
        x, weight = ctx.saved_tensors
        rows = grad.flatten(0, -2)
        grads: list = [None, None, None]
        if ctx.needs_input_grad[0]:
            grads[0] = product(grad, weight.t())
        if ctx.needs_input_grad[1]:
            grads[1] = product(rows.t(), x.flatten(0, -2).t())
        if ctx.needs_input_grad[2]:
            grads[2] = rows.sum(0)
        return tuple(grads)
