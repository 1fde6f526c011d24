"""What frozen features tell: linear probe, nearest neighbours, variance."""
import warnings
from typing import Tuple

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor

__all__ = ['linear_probe', 'knn_probe', 'ExplainedVariance']

Split = Tuple[np.ndarray, np.ndarray]


def linear_probe(train: Split, val: Split, strength: float = 0.1) -> float:
    """Top-1 accuracy of logistic regression on standardised features.

    Args:
        train (tuple): Features (N, D) and labels (N, ).
        val (tuple): The same of held-out clips.
        strength (float): Inverse of the L2 penalty.

    Returns:
        float: Percent.
    """
    probe = make_pipeline(StandardScaler(),
                          LogisticRegression(C=strength, max_iter=300))
    with warnings.catch_warnings():
        # 300 steps of L-BFGS leave the accuracy within its noise
        warnings.simplefilter('ignore', ConvergenceWarning)
        probe.fit(*train)
    return 100 * probe.score(*val)


def knn_probe(train: Split, val: Split, neighbors: int = 10) -> float:
    """Top-1 accuracy of a vote of the nearest clips by cosine, in percent."""
    probe = KNeighborsClassifier(
        min(neighbors, len(train[1])), metric='cosine')
    return 100 * probe.fit(*train).score(*val)


class ExplainedVariance:
    """Share of a target's variance that a prediction explains.

    One minus the squared error over the squared distance of the targets to
    their mean, channel by channel, summed over channels (R squared). 1:
    perfect; 0: no better than always the mean; below 0: worse. Reported in
    percent.
    """

    def __init__(self) -> None:
        self.error = self.square = self.total = 0.
        self.number = 0

    def update(self, pred: Tensor, target: Tensor) -> None:
        """Add a batch; both of shape (..., F)."""
        pred = pred.detach().double().flatten(0, -2)
        target = target.detach().double().flatten(0, -2)
        self.error += (pred - target).square().sum().item()
        self.square += target.square().sum().item()
        self.total = self.total + target.sum(0).cpu()
        self.number += len(target)

    def compute(self) -> float:
        """The share, in percent."""
        if self.number == 0:
            raise ValueError('no batch was added')
        spread = self.square - (self.total**2).sum().item() / self.number
        return 100 * (1 - self.error / max(spread, 1e-12))
