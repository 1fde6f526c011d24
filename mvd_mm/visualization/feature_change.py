"""How far a prediction changes over time as the features themselves do."""
# Shapes: B clips, L tokens, F width of features; T', H', W' is the token grid.
from typing import NamedTuple, Tuple

import torch
from torch import Tensor

__all__ = ['Change', 'change_over_time', 'compare_changes']


class Change(NamedTuple):
    """A comparison of changes, one value for each clip.

    Args:
        correlation (Tensor): Shape (B, ), in -1..1: between the changes of
            the prediction and those of the target, over all hidden tokens and
            features.
        target (Tensor): Shape (B, ), root mean square of the target's changes.
        pred (Tensor): Shape (B, ), that of the prediction's changes.
    """

    correlation: Tensor
    target: Tensor
    pred: Tensor


def change_over_time(features: Tensor, known: Tensor,
                     grid: Tuple[int, int, int]) -> Tensor:
    """Subtract from each token's features their mean over time.

    Args:
        features (Tensor): Shape (B, L, F).
        known (Tensor): bool, shape (B, L); other tokens do not count.
        grid (tuple[int, int, int]): Token grid (T', H', W').

    Returns:
        Tensor: Shape (B, L, F); 0 at tokens that are not known.
    """
    batch, _, width = features.shape
    slices = features.reshape(batch, grid[0], -1, width)
    weight = known.reshape(batch, grid[0], -1, 1).to(slices.dtype)
    number = weight.sum(1, keepdim=True).clamp(min=1)
    mean = (slices * weight).sum(1, keepdim=True) / number
    return ((slices - mean) * weight).reshape(features.shape)


def compare_changes(pred: Tensor, target: Tensor, mask: Tensor,
                    grid: Tuple[int, int, int]) -> Change:
    """Compare the changes over time of predictions and targets.

    Args:
        pred (Tensor): Predictions at the hidden tokens, (B, M, F).
        target (Tensor): What is to be predicted there, (B, M, F).
        mask (Tensor): bool, shape (B, L), True means hidden.
        grid (tuple[int, int, int]): Token grid (T', H', W').

    Returns:
        Change: A clip in which nothing changes has correlation 0.
    """

    def spread(values: Tensor) -> Tensor:
        everywhere = values.new_zeros(*mask.shape, values.shape[-1])
        everywhere[mask] = values.flatten(0, 1).float()
        return change_over_time(everywhere, mask, grid).flatten(1)

    found, wanted = spread(pred.float()), spread(target.float())
    number = mask.sum(1) * pred.shape[-1]
    # the mean of changes is 0, so that this cosine is a correlation
    return Change(
        torch.cosine_similarity(found, wanted),
        (wanted.square().sum(1) / number).sqrt(),
        (found.square().sum(1) / number).sqrt())
