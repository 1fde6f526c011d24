"""Loss between a student's prediction and a teacher's features."""
from typing import Optional, Union

import torch.nn.functional as F
from mmengine.model import BaseModule
from torch import Tensor

from mvd_mm.registry import MODELS
from ..layers import TokenSplit, split_tokens, take_tokens

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

    def target(self,
               feats: Tensor,
               mask: Optional[Union[Tensor, TokenSplit]] = None) -> Tensor:
        """Pick the features of the hidden positions.

        Args:
            feats (Tensor): Teacher's features, shape (B, L, F), or of the
                hidden positions alone, (B, M, F).
            mask (Tensor or TokenSplit, optional): bool, shape (B, L), True
                means hidden; None: the features are those of the hidden
                positions already.

        Returns:
            Tensor: Shape (B, M, F), float32.
        """
        if mask is not None:
            feats = take_tokens(feats, split_tokens(mask).hidden)
        target = feats.float()
        if self.norm_target:
            target = F.layer_norm(target, feats.shape[-1:], eps=1e-6)
        return target

    def loss(self,
             pred: Tensor,
             feats: Tensor,
             mask: Optional[Union[Tensor, TokenSplit]] = None) -> Tensor:
        """Compute the loss.

        Args:
            pred (Tensor): Decoder output, shape (B, M, F).
            feats (Tensor): As of :meth:`target`.
            mask (Tensor or TokenSplit, optional): As of :meth:`target`.

        Returns:
            Tensor: Scalar.
        """
        return self.loss_module(pred, self.target(feats, mask))
