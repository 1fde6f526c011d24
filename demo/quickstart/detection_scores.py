"""Average precision by AVAMetric: of a detector, and of scores by chance."""
import io
import os
import re
import tempfile
import warnings
from contextlib import contextmanager, redirect_stdout
from typing import Dict, List

import numpy as np
import torch
from mmaction.registry import METRICS
from mmengine.config import Config

MEAN = 'mAP'
_CLASS = re.compile(r'^Index: \d+, Action: (.+): AP: (\S+);$', re.MULTILINE)


@contextmanager
def _quiet_folder():
    """A folder for what the metric writes beside itself; no prints."""
    before, text = os.getcwd(), io.StringIO()
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        # a mean of classes that AVA numbers from 15 on: a small set has none
        warnings.simplefilter('ignore', RuntimeWarning)
        os.chdir(folder)
        try:
            with redirect_stdout(text):
                yield text
        finally:
            os.chdir(before)


def average_precision(cfg: Config,
                      predictions: List[dict]) -> Dict[str, float]:
    """Mean average precision, and that of each class.

    Args:
        cfg (Config): With the ``test_evaluator``; of several, the first.
        predictions (list[dict]): What ``tools/test.py --dump`` writes.

    Returns:
        dict[str, float]: ``'mAP'`` first, then the classes' names; shares
        of 1. A class that nobody is labelled with is left out, as in the
        mean.
    """
    evaluator = cfg.test_evaluator
    # `--dump` puts one that writes the predictions behind it
    metric = METRICS.build(
        evaluator if isinstance(evaluator, dict) else evaluator[0])
    metric.process(None, predictions)
    with _quiet_folder() as text:
        result = metric.evaluate(len(predictions))
    # the metric returns the mean and prints the rest
    classes = _CLASS.findall(text.getvalue())
    return {
        MEAN: float(result['mAP/overall']),
        **{
            name: float(value)
            for name, value in classes if value != 'nan'
        }
    }


def chance_precision(cfg: Config,
                     predictions: List[dict],
                     seed: int,
                     draws: int = 5) -> Dict[str, float]:
    """The same of uniform random scores, for the same boxes.

    Args:
        cfg (Config): With the ``test_evaluator``.
        predictions (list[dict]): Their boxes are taken.
        seed (int): Of the first draw.
        draws (int): The mean over as many is returned.
    """
    rows = []
    for draw in range(draws):
        rng = np.random.default_rng([seed, draw])
        guesses = []
        for sample in predictions:
            found = sample['pred_instances']
            scores = rng.random(tuple(found['scores'].shape))
            # the metric leaves out whatever scores less than 0.002
            scores = torch.from_numpy(.01 + .99 * scores).float()
            guesses.append(
                dict(sample, pred_instances=dict(found, scores=scores)))
        rows.append(average_precision(cfg, guesses))
    return {
        name: float(np.mean([row[name] for row in rows]))
        for name in rows[0]
    }
