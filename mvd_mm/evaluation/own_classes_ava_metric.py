"""MMAction2's mean average precision, for classes other than AVA's."""
import io
import math
import re
import warnings
from contextlib import redirect_stdout
from typing import Dict

from mmaction.evaluation import AVAMetric

from mvd_mm.registry import METRICS

__all__ = ['OwnClassesAVAMetric']

_GROUP_WITHOUT_CLASS = re.compile(r'(Person|Object) \w+ mAP: nan')


@METRICS.register_module()
class OwnClassesAVAMetric(AVAMetric):
    """``AVAMetric`` that leaves out the groups without a class.

    MMAction2 also takes the means over AVA's classes 1 to 14 (person
    movement), 15 to 63 (object manipulation) and from 64 on (person
    interaction). A set of its own classes has no such groups, or only part of
    them, and a mean over nothing is reported as NaN. Arguments are those of
    ``mmaction.AVAMetric``.
    """

    def compute_metrics(self, results: list) -> Dict[str, float]:
        """Evaluate all key frames.

        Args:
            results (list[dict]): Kept by ``process``.

        Returns:
            dict[str, float]: ``overall``, also where it is NaN because
            nothing is annotated, and the means of the groups that have one.
        """
        printed = io.StringIO()
        try:
            with redirect_stdout(printed), warnings.catch_warnings():
                # the means over groups that have no class
                warnings.filterwarnings('ignore', 'Mean of empty slice')
                found = super().compute_metrics(results)
        finally:  # what it printed tells what went wrong, too
            for line in printed.getvalue().splitlines():
                if not _GROUP_WITHOUT_CLASS.match(line):
                    print(line)
        return {
            name: value
            for name, value in found.items()
            if name == 'overall' or not math.isnan(value)
        }
