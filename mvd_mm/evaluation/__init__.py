from .features import extract_features
from .nearest_neighbours import neighbour_votes
from .probes import ExplainedVariance, knn_probe, linear_probe
from .published_ava_metric import PublishedAVAMetric

__all__ = [
    'extract_features', 'ExplainedVariance', 'knn_probe', 'linear_probe',
    'neighbour_votes', 'PublishedAVAMetric'
]
