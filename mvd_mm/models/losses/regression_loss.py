"""Regression losses of feature distillation."""
from typing import Callable, Dict

import torch.nn.functional as F
from torch import Tensor, nn

from mvd_mm.registry import MODELS

__all__ = ['RegressionLoss']

_CRITERIA: Dict[str, Callable[..., Tensor]] = {
    'smooth_l1': F.smooth_l1_loss,
    'l1': F.l1_loss,
    'l2': F.mse_loss,
}


@MODELS.register_module()
class RegressionLoss(nn.Module):
    """Weighted mean of an elementwise distance, computed in float32.

    Source: `Masked Video Distillation <https://arxiv.org/abs/2212.04500>`_:
    smooth L1 in its recipes, L1 and L2 in its ablations.

    Args:
        criterion (str): 'smooth_l1' (MVD's recipes), 'l1' or 'l2'.
        beta (float): Where smooth L1 turns from quadratic to linear; MVD: 1.
        loss_weight (float): Factor.

    Raises:
        ValueError: If ``criterion`` is not one of the three.
    """

    def __init__(self,
                 criterion: str = 'smooth_l1',
                 beta: float = 1.,
                 loss_weight: float = 1.) -> None:
        super().__init__()
        if criterion not in _CRITERIA:
            raise ValueError(
                f'`criterion` must be one of {sorted(_CRITERIA)}, '
                f'got {criterion!r}')
        self.criterion = criterion
        self.options = dict(beta=beta) if criterion == 'smooth_l1' else {}
        self.loss_weight = loss_weight

    def distance(self, pred: Tensor, target: Tensor) -> Tensor:
        """Mean distance before the weight.

        Args:
            pred (Tensor): Of any shape.
            target (Tensor): Of the same shape.

        Returns:
            Tensor: Scalar.
        """
        return _CRITERIA[self.criterion](pred.float(), target.float(),
                                         **self.options)

    def forward(self, pred: Tensor, target: Tensor) -> Tensor:
        """Compare.

        Args:
            pred (Tensor): Of any shape.
            target (Tensor): Of the same shape.

        Returns:
            Tensor: Scalar.
        """
        return self.loss_weight * self.distance(pred, target)

    def extra_repr(self) -> str:
        """What ``print(model)`` shows."""
        return f'{self.criterion}, loss_weight={self.loss_weight}'
