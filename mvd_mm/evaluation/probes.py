"""Probes of frozen features: linear, nearest neighbours, variance."""
import warnings
from typing import Sequence, Tuple

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits
from torch import Tensor

__all__ = ['linear_probe', 'knn_probe', 'ExplainedVariance']

Split = Tuple[np.ndarray, np.ndarray]
STRENGTHS = (0.01, 0.1, 1., 10.)


def linear_probe(train: Split,
                 val: Split,
                 strengths: Sequence[float] = STRENGTHS) -> float:
    """Top-1 accuracy of logistic regression on standardised features.

    The strength of the penalty is chosen for each network: the classifier is
    fitted on four fifths of the training clips, and the strength that does
    best on the other fifth is taken. ``val`` is not used for this choice.

    Args:
        train (tuple): Features (N, D) and labels (N, ).
        val (tuple): Features and labels of held-out clips, of the same shapes.
        strengths (Sequence[float]): Inverses of the L2 penalty to choose from.

    Returns:
        float: Percent.
    """
    feats, labels = train
    order = np.random.default_rng(0).permutation(len(labels))
    chosen, fitted = np.split(order, [len(labels) // 5])
    # matrices this small are multiplied faster by one thread
    with warnings.catch_warnings(), threadpool_limits(1, 'blas'):
        # 300 steps of L-BFGS leave the accuracy within its noise
        warnings.simplefilter('ignore', ConvergenceWarning)
        best = strengths[0]
        # with a handful of clips there is nothing to choose with
        if len(chosen) and len(set(labels[fitted])) > 1:
            best = max(
                strengths,
                key=lambda c: _fit(feats[fitted], labels[fitted], c).score(
                    feats[chosen], labels[chosen]))
        return 100 * _fit(feats, labels, best).score(*val)


def _fit(feats: np.ndarray, labels: np.ndarray, strength: float) -> Pipeline:
    probe = make_pipeline(StandardScaler(),
                          LogisticRegression(C=strength, max_iter=300))
    return probe.fit(feats, labels)


def knn_probe(train: Split, val: Split, neighbours: int = 10) -> float:
    """Top-1 accuracy of a vote of the nearest clips by cosine.

    Args:
        train (tuple): Features (N, D) and labels (N, ).
        val (tuple): Features and labels of held-out clips, of the same shapes.
        neighbours (int): Clips that vote.

    Returns:
        float: Percent.
    """
    probe = KNeighborsClassifier(
        min(neighbours, len(train[1])), metric='cosine')
    return 100 * probe.fit(*train).score(*val)


class ExplainedVariance:
    """Share of a target's variance that a prediction explains.

    One minus the squared error over the squared distance of the targets to
    their mean, both summed over channels (R squared). 1 is perfect, 0 is no
    better than always predicting the mean, and less than 0 is worse. It is
    reported in percent.
    """

    def __init__(self) -> None:
        self.error = self.square = 0.
        self.total = torch.zeros((), dtype=torch.float64)  # then (F, )
        self.number = 0

    def update(self, pred: Tensor, target: Tensor) -> None:
        """Add a batch.

        Args:
            pred (Tensor): Shape (..., F).
            target (Tensor): Of the same shape.
        """
        pred = pred.detach().double().flatten(0, -2)
        target = target.detach().double().flatten(0, -2)
        self.error += (pred - target).square().sum().item()
        self.square += target.square().sum().item()
        self.total = self.total + target.sum(0).cpu()
        self.number += len(target)

    def compute(self) -> float:
        """The share.

        Returns:
            float: Percent.

        Raises:
            ValueError: If no batch was added.
        """
        if self.number == 0:
            raise ValueError('no batch was added')
        spread = self.square - (self.total**2).sum().item() / self.number
        return 100 * (1 - self.error / max(spread, 1e-12))
