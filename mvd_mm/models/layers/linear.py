"""A linear layer on the fastest product of a CPU."""
from typing import Optional, Tuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mvd_mm.utils import onednn
from mvd_mm.utils.autocast import autocast_dtype, is_compiling

__all__ = ['Linear']


class Linear(nn.Linear):
    """``nn.Linear`` on oneDNN's product where that is the faster one.

    On a CPU float32 is multiplied by :func:`mvd_mm.utils.onednn.linear`.
    Where no gradient is asked for, bias and activation are part of the
    product, and of frozen networks :meth:`prepare` keeps the weight in its
    precision and layout. Parameters and their names are those of
    ``nn.Linear``, what is prepared is in no state dict.
    """

    _ready: Optional[Tuple[tuple, Tensor, Optional[Tensor]]] = None

    @classmethod
    def of(cls, linear: nn.Linear) -> 'Linear':
        """Take over the parameters of another layer, drawing none.

        Args:
            linear (nn.Linear): The layer.

        Returns:
            Linear: With the same parameters.
        """
        layer = cls(
            linear.in_features, linear.out_features, False, device='meta')
        layer.weight, layer.bias = linear.weight, linear.bias
        return layer

    def prepare(self) -> None:
        """Cast and lay out the weight for the products to come.

        For networks that do not learn: done once for each device and
        precision (that of autocast, if any), and again after the weights were
        changed, except through ``.data``, which PyTorch does not count. In
        float32 on a GPU nothing is kept.
        """
        weight = self.weight
        dtype = autocast_dtype(weight.device.type) or weight.dtype
        on_cpu = onednn.multiplies(weight, dtype)
        if not on_cpu and dtype == weight.dtype:
            self._ready = None
        elif self._prepared(dtype) is None:
            with torch.no_grad():
                bias = None if self.bias is None else self.bias.to(dtype)
                weight = weight.to(dtype)
                if on_cpu:
                    weight = onednn.reorder(weight)
            self._ready = (self._key(dtype), weight, bias)

    def forward(self,
                x: Tensor,
                bias: Optional[Tensor] = None,
                gelu: bool = False) -> Tensor:
        """Multiply.

        Args:
            x (Tensor): Shape (..., in_features).
            bias (Tensor, optional): Shape (out_features, ), in the place of
                the layer's own.
            gelu (bool): Apply GELU to the result.

        Returns:
            Tensor: Shape (..., out_features).
        """
        weight: Tensor = self.weight
        own_bias: Optional[Tensor] = self.bias
        if not torch.is_grad_enabled() or not (x.requires_grad
                                               or weight.requires_grad):
            dtype = autocast_dtype(x.device.type) or x.dtype
            if not is_compiling():  # which cannot ask for addresses
                weight, own_bias = self._prepared(dtype) or (weight, own_bias)
            elif self._ready is not None and not onednn.multiplies(x, dtype):
                _, weight, own_bias = self._ready
            # generated code takes this product for certain inputs only
            if onednn.multiplies(x, dtype) and not is_compiling():
                bias = own_bias if bias is None else bias
                return onednn.product(
                    x.to(dtype),
                    weight if weight.is_mkldnn else weight.to(dtype),
                    None if bias is None else bias.to(dtype), gelu)
        x = onednn.linear(x, weight, own_bias if bias is None else bias)
        return F.gelu(x) if gelu else x

    def _prepared(self, dtype: torch.dtype) -> Optional[tuple]:
        """Weight and bias as they were prepared, if they still are current."""
        if self._ready is None or self._ready[0] != self._key(dtype):
            return None
        return self._ready[1:]

    def _key(self, dtype: torch.dtype) -> tuple:
        """Changes with whatever makes the prepared weight out of date."""
        return (dtype, *((p.data_ptr(), p._version)
                         for p in self.parameters()))

    def __getstate__(self) -> dict:
        """Copies (of EMA, for other processes) prepare their own."""
        left_out = ('_ready', '_compiled_call_impl')
        return {k: v for k, v in self.__dict__.items() if k not in left_out}
