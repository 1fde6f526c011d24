"""Average precision by AVAMetric: of a detector, and of random scores."""
import io
import os
import re
import tempfile
import warnings
from contextlib import contextmanager, redirect_stdout
from typing import Dict, Iterator, List

import numpy as np
import torch
from mmaction.registry import METRICS
from mmengine.config import Config

MEAN = 'mAP'
_CLASS = re.compile(r'^Index: \d+, Action: (.+): AP: (\S+);$', re.MULTILINE)


@contextmanager
def _quiet_folder() -> Iterator[io.StringIO]:
    """Run the metric in a folder of its own, and keep what it prints.

    It writes files to the working directory.
    """
    before, text = os.getcwd(), io.StringIO()
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        # the metric also takes the mean of AVA's classes from 15 on, of which
        # a small set has none
        warnings.simplefilter('ignore', RuntimeWarning)
        os.chdir(folder)
        try:
            with redirect_stdout(text):
                yield text
        finally:
            os.chdir(before)


def average_precision(cfg: Config,
                      predictions: List[dict]) -> Dict[str, float]:
    """Compute the mean average precision, and that of each class.

    Args:
        cfg (Config): With the ``test_evaluator``; of several, the first.
        predictions (list[dict]): What ``tools/test.py --dump`` writes.

    Returns:
        dict[str, float]: ``'mAP'`` first, then the classes by name; all in
        0..1. A class without a labelled person is left out, here and in the
        mean.
    """
    evaluator = cfg.test_evaluator
    # `--dump` adds a second evaluator, which writes the predictions
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
    """Compute the same for uniform random scores of the same boxes.

    Args:
        cfg (Config): With the ``test_evaluator``.
        predictions (list[dict]): Their boxes are taken.
        seed (int): Of the first draw.
        draws (int): Number of draws; their mean is returned.

    Returns:
        dict[str, float]: As of :func:`average_precision`.
    """
    rows = []
    for draw in range(draws):
        rng = np.random.default_rng([seed, draw])
        guesses = []
        for sample in predictions:
            found = sample['pred_instances']
            shape = tuple(found['scores'].shape)
            # the metric drops scores below 0.002
            scores = torch.from_numpy(.01 + .99 * rng.random(shape)).float()
            guesses.append(
                dict(sample, pred_instances=dict(found, scores=scores)))
        rows.append(average_precision(cfg, guesses))
    return {
        name: float(np.mean([row[name] for row in rows]))
        for name in rows[0]
    }
