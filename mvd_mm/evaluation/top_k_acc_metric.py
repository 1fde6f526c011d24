"""Accuracy, without the ranks that say nothing about few classes."""
from typing import Any, Dict, List

from mmaction.evaluation import AccMetric

from mvd_mm.registry import METRICS

__all__ = ['TopKAccMetric']


@METRICS.register_module()
class TopKAccMetric(AccMetric):
    """MMAction2's ``AccMetric`` that leaves out k >= number of classes.

    The top-5 accuracy among five classes or fewer is 1 for any network, and
    stands in the log beside figures that mean something. The classes are
    counted by the scores. Arguments are those of ``mmaction.AccMetric``.
    """

    def calculate(self, preds: List[Any], labels: List[Any]) -> Dict[str, Any]:
        """Compute the metrics; see ``AccMetric.calculate``.

        Args:
            preds (list[ndarray]): Scores of each video, shape (num_classes, ).
            labels (list[int | ndarray]): Its label, or labels of shape (n, ).

        Returns:
            dict: ``top{k}`` for each k below the number of classes, and the
            other metrics.
        """
        found = super().calculate(preds, labels)
        number = len(preds[0])
        kept = {f'top{k}' for k in range(1, number)} | {'top1'}
        return {
            name: value
            for name, value in found.items()
            if name in kept or not _is_top_k(name)
        }


def _is_top_k(name: str) -> bool:
    return name.startswith('top') and name[3:].isdigit()
