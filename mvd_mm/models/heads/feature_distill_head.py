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
    """Compare prediction and features, at the hidden positions as published.

    Source: `Masked Video Distillation <https://arxiv.org/abs/2212.04500>`_,
    section 3; losses compared with the published code.

    Args:
        loss (dict): Loss module; MVD's recipes: smooth L1, beta 1, weight 1.
        norm_target (bool): Normalise each target over its width, without
            affine parameters (off in all published recipes).
        num_targets (int): Targets that stand side by side in the width F, e.g.
            the layers of a teacher. Each is normalised and compared by
            itself, and the losses are added up.
        visible_weight (float): Weight of the loss at the visible positions,
            beside 1 at the hidden ones; 0: none (published). Otherwise the
            decoder needs ``predict_visible=True``.

    Raises:
        ValueError: If ``num_targets`` is not positive or ``visible_weight`` is
            negative.
    """

    def __init__(self,
                 loss: dict = dict(type='mvd_mm.RegressionLoss'),
                 norm_target: bool = False,
                 num_targets: int = 1,
                 visible_weight: float = 0.) -> None:
        super().__init__()
        if num_targets < 1:
            raise ValueError('`num_targets` must be at least 1, got '
                             f'{num_targets}')
        if visible_weight < 0:
            raise ValueError('`visible_weight` must not be negative, got '
                             f'{visible_weight}')
        self.norm_target = norm_target
        self.num_targets = num_targets
        self.visible_weight = visible_weight
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

        Raises:
            ValueError: If F is not a multiple of ``num_targets``.
        """
        if mask is not None:
            feats = take_tokens(feats, split_tokens(mask).hidden)
        width = feats.shape[-1]
        if width % self.num_targets:
            raise ValueError(f'`num_targets` {self.num_targets} does not '
                             f'divide the width {width} of the features')
        target = feats.float()
        if self.norm_target:
            parts = target.unflatten(-1, (self.num_targets, -1))
            parts = F.layer_norm(parts, parts.shape[-1:], eps=1e-6)
            target = parts.flatten(-2)
        return target

    def loss(self,
             pred: Tensor,
             feats: Tensor,
             mask: Optional[Union[Tensor, TokenSplit]] = None) -> Tensor:
        """Compute the loss.

        Args:
            pred (Tensor): Decoder output, shape (B, M, F), or (B, L, F) where
                visible positions count.
            feats (Tensor): As of :meth:`target`.
            mask (Tensor or TokenSplit, optional): As of :meth:`target`;
                needed where visible positions count.

        Returns:
            Tensor: Scalar.

        Raises:
            ValueError: If visible positions count and there is no mask.
        """
        if not self.visible_weight:
            return self._distance(pred, self.target(feats, mask))
        if mask is None:
            raise ValueError('`mask` is needed where `visible_weight` is not '
                             '0, got None')
        split = split_tokens(mask)
        hidden, visible = (
            self._distance(
                take_tokens(pred, where),
                self.target(take_tokens(feats, where)))
            for where in (split.hidden, split.visible))
        return hidden + self.visible_weight * visible

    def _distance(self, pred: Tensor, target: Tensor) -> Tensor:
        """Sum of the losses of all targets; both of shape (B, *, F)."""
        pairs = zip(
            pred.chunk(self.num_targets, -1),
            target.chunk(self.num_targets, -1))
        return sum((self.loss_module(*pair) for pair in pairs),
                   pred.new_zeros(()))
