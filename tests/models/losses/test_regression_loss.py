"""Regression losses, against their formulas on numbers done by hand."""
import pytest
import torch

from mvd_mm.models import RegressionLoss

PRED = torch.tensor([0., 0.5, -1., 3.])
TARGET = torch.zeros(4)


@pytest.mark.parametrize(
    'options, expected',
    [
        # d^2 / 2 up to 1, d - 1/2 after: 0, 0.125, 0.5, 2.5
        (dict(), 3.125 / 4),
        # d^2 / 4 up to 2, d - 1 after: 0, 0.0625, 0.25, 2
        (dict(beta=2.), 2.3125 / 4),
        (dict(criterion='l1'), 4.5 / 4),
        (dict(criterion='l2'), 10.25 / 4),
        (dict(criterion='l2', loss_weight=0.5), 10.25 / 8),
        (dict(loss_weight=3.), 3 * 3.125 / 4),
    ],
    ids=str)
def test_equals_the_formula(options, expected):
    loss = RegressionLoss(**options)(PRED, TARGET)
    assert loss.item() == pytest.approx(expected)


@pytest.mark.parametrize('criterion', ['smooth_l1', 'l1', 'l2'])
def test_is_computed_in_single_precision(criterion):
    pred, target = torch.full((8, ), 60000.).half(), torch.zeros(8).half()
    loss = RegressionLoss(criterion)(-pred, target + 60000)
    assert loss.dtype == torch.float32
    assert loss.isfinite()  # the distance alone is past half precision


@pytest.mark.parametrize('criterion', ['huber', None])
def test_rejects_unknown_criterion(criterion):
    with pytest.raises(
            ValueError, match=f"`criterion`.*smooth_l1.*{criterion}"):
        RegressionLoss(criterion)


def test_print_shows_criterion_and_weight():
    text = repr(RegressionLoss('l1', loss_weight=0.5))
    assert 'l1' in text and '0.5' in text
