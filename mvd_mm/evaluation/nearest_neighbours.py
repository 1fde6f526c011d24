"""Class scores from the labels of the nearest clips."""
import torch.nn.functional as F
from torch import Tensor

__all__ = ['neighbour_votes']


def neighbour_votes(features: Tensor,
                    bank: Tensor,
                    labels: Tensor,
                    num_classes: int,
                    neighbours: int = 20,
                    temperature: float = 0.07) -> Tensor:
    """Let the nearest clips of a bank vote on the class of each clip.

    Nearest means highest cosine similarity s. The vote of a neighbour weighs
    exp(s / temperature). A class that no neighbour has scores 0.

    Source: `DINO <https://arxiv.org/abs/2104.14294>`_; its k and temperature
    are the defaults.

    Args:
        features (Tensor): Shape (B, D); not zero, of any other length.
        bank (Tensor): Features of labelled clips, shape (N, D).
        labels (Tensor): Their classes, int64, shape (N, ).
        num_classes (int): Number of classes K.
        neighbours (int): Number of voters; the whole bank if it is smaller.
        temperature (float): Above 0; the smaller it is, the more the very
            nearest clips count.

    Returns:
        Tensor: Shares of the votes, float32, shape (B, K); rows sum to 1.
    """
    similarity = F.normalize(
        features.float(), dim=1) @ F.normalize(
            bank.float(), dim=1).T  # (B, N)
    nearest, index = similarity.topk(min(neighbours, len(bank)))  # (B, k)
    # softmax: the common factor of all votes cancels, and nothing overflows
    votes = (nearest / temperature).softmax(1)
    scores = votes.new_zeros(len(features), num_classes)
    return scores.scatter_add_(1, labels[index], votes)
