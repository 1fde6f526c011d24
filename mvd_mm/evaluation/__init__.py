from .features import extract_features
from .nearest_neighbours import neighbour_votes
from .own_classes_ava_metric import OwnClassesAVAMetric
from .probes import ExplainedVariance, knn_probe, linear_probe
from .published_ava_metric import PublishedAVAMetric
from .top_k_acc_metric import TopKAccMetric

__all__ = [
    'extract_features', 'ExplainedVariance', 'knn_probe', 'linear_probe',
    'neighbour_votes', 'OwnClassesAVAMetric', 'PublishedAVAMetric',
    'TopKAccMetric'
]
