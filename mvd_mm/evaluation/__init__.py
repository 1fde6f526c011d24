from .features import extract_features
from .nearest_neighbours import neighbour_votes
from .probes import ExplainedVariance, knn_probe, linear_probe

__all__ = [
    'extract_features', 'ExplainedVariance', 'knn_probe', 'linear_probe',
    'neighbour_votes'
]
