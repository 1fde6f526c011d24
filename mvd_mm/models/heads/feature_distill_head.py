"""Loss between a student's prediction and a teacher's features."""
import torch.nn.functional as F
from mmengine.model import BaseModule
from torch import Tensor

from mvd_mm.registry import MODELS

__all__ = ['FeatureDistillHead']


@MODELS.register_module()
class FeatureDistillHead(BaseModule):
    """Compare prediction and features at the hidden positions only.

    Args:
        loss (dict): Loss module; MVD's recipes: smooth L1, beta 1, weight 1.
        norm_target (bool): Normalise each target over its width, without
            affine parameters (off in all published recipes).
    """

    def __init__(
        self,
        loss: dict = dict(type='mvd_mm.RegressionLoss'),
        norm_target: bool = False,
    ) -> None:
        super().__init__()
        self.norm_target = norm_target
        self.loss_module = MODELS.build(loss)

    def target(self, feats: Tensor, mask: Tensor) -> Tensor:
        """Pick the features of the hidden positions.

        Args:
            feats (Tensor): Teacher's features, shape (B, L, F).
            mask (Tensor): bool, shape (B, L), True means hidden.

        Returns:
            Tensor: Shape (B, M, F), float32.
        """
        batch, _, width = feats.shape
        target = feats[mask].reshape(batch, -1, width).float()
        if self.norm_target:
            target = F.layer_norm(target, (width, ), eps=1e-6)
        return target

    def loss(self, pred: Tensor, feats: Tensor, mask: Tensor) -> Tensor:
        """Compute the loss.

        Args:
            pred (Tensor): Decoder output, shape (B, M, F).
            feats (Tensor): Teacher's features at every position, (B, L, F).
            mask (Tensor): bool, shape (B, L), True means hidden.

        Returns:
            Tensor: Scalar.
        """
        return self.loss_module(pred, self.target(feats, mask))
