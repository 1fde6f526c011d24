"""The MLP of a transformer block, its activation inside the product."""
from mmcv.cnn.bricks.transformer import FFN
from mmengine.model import BaseModule
from torch import Tensor

from .linear import Linear

__all__ = ['FusedMLP']


class FusedMLP(BaseModule):
    """mmcv's ``FFN`` of two layers with GELU, computed by :class:`Linear`.

    It takes over the layers of an ``FFN`` with their names and values. There
    is no residual connection in it.

    Args:
        ffn (FFN): Of two layers and GELU.
    """

    def __init__(self, ffn: FFN) -> None:
        super().__init__()
        self.layers = ffn.layers
        self.layers[0][0] = Linear.of(self.layers[0][0])
        self.layers[1] = Linear.of(self.layers[1])

    def forward(self, x: Tensor) -> Tensor:
        """Widen, GELU, narrow.

        Args:
            x (Tensor): Shape (..., D).

        Returns:
            Tensor: Shape (..., D).
        """
        (widen, _, drop), narrow, drop_out = self.layers
        return drop_out(narrow(drop(widen(x, gelu=True))))
