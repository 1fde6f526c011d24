"""Accuracies that any network reaches are not reported."""
import pytest
import torch
from mmengine.registry import METRICS

from mvd_mm.evaluation import TopKAccMetric


def evaluate(number, **options):
    """Of ten videos with random scores for so many classes."""
    metric = METRICS.build(dict(type='mvd_mm.TopKAccMetric', **options))
    host = METRICS.build(dict(type='mmaction.AccMetric', **options))
    scores = torch.rand(10, number)
    found = []
    for each in (metric, host):
        each.process(None, [
            dict(pred_score=row, gt_label=torch.tensor([i % number]))
            for i, row in enumerate(scores)
        ])
        found.append(each.evaluate(10))
    return found


@pytest.mark.parametrize('number, topk, kept', [
    (3, (1, 5), ['top1']),
    (5, (1, 5), ['top1']),
    (6, (1, 5), ['top1', 'top5']),
    (400, (1, 5), ['top1', 'top5']),
    (3, (1, 2, 3, 5), ['top1', 'top2']),
    (1, (1, 5), ['top1']),
])
def test_leaves_out_k_from_the_number_of_classes_on(number, topk, kept):
    found, host = evaluate(
        number, metric_options=dict(top_k_accuracy=dict(topk=topk)))
    assert set(found) == {f'acc/{name}' for name in (*kept, 'mean1')}
    assert all(host[name] == value for name, value in found.items())
    assert all(host[f'acc/{name}'] == 1
               for name in {f'top{k}'
                            for k in topk} - set(kept))


def test_three_classes_by_default():
    found, host = evaluate(3)
    assert host['acc/top5'] == 1
    assert set(found) == {'acc/top1', 'acc/mean1'}


def test_takes_the_place_of_mmaction2s():
    assert TopKAccMetric().prefix == 'acc'
