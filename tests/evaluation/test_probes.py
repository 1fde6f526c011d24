"""Probes and shares of variance, on data whose answer is known."""
import warnings

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import r2_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mvd_mm.evaluation import ExplainedVariance, knn_probe, linear_probe

CLASSES = 4
CHANCE = 100 / CLASSES


def blobs(number, gap, width=8):
    """Unit noise around one corner per class; no gap: nothing but noise."""
    labels = np.arange(number) % CLASSES
    feats = np.random.randn(number, width)
    feats[:, :CLASSES] += gap * np.eye(CLASSES)[labels]
    return feats.astype(np.float32), labels


@pytest.mark.parametrize('probe', [linear_probe, knn_probe])
class TestBothProbes:

    def test_separable_classes_are_found(self, probe):
        assert probe(blobs(200, gap=12), blobs(100, gap=12)) == 100

    def test_noise_stays_at_chance(self, probe):
        # 4 standard errors of a share among 1000 clips
        bound = 400 * (0.25 * 0.75 / 1000)**0.5
        accuracy = probe(blobs(400, gap=0), blobs(1000, gap=0))
        assert abs(accuracy - CHANCE) < bound

    def test_accuracy_is_percent_of_held_out_clips(self, probe):
        feats, labels = blobs(100, gap=12)
        labels = labels.copy()
        labels[:25] = (labels[:25] + 1) % CLASSES
        assert probe(blobs(200, gap=12), (feats, labels)) == 75

    def test_prints_no_warning(self, probe):
        with warnings.catch_warnings():
            warnings.simplefilter('error')
            probe(blobs(80, gap=0.3, width=60), blobs(20, gap=0.3, width=60))


def test_linear_probe_does_not_depend_on_the_scale_of_a_channel():
    train, val = blobs(200, gap=2), blobs(200, gap=2)
    scale = np.array([1e3, 1e-3, 1, 1, 10, 1, 1, 1], dtype=np.float32)
    plain = linear_probe(train, val)
    scaled = linear_probe((train[0] * scale, train[1]),
                          (val[0] * scale, val[1]))
    assert abs(plain - scaled) <= 1
    assert CHANCE + 20 < plain < 100


def logistic(train, val, strength):
    probe = make_pipeline(StandardScaler(),
                          LogisticRegression(C=strength, max_iter=300))
    return 100 * probe.fit(*train).score(*val)


def test_linear_probe_takes_the_strength_that_held_out_training_clips_like():
    # few clips and wide features, so that the strength shows
    train, val = blobs(100, gap=2, width=60), blobs(1000, gap=2, width=60)
    order = np.random.default_rng(0).permutation(100)
    part = [tuple(x[i] for x in train) for i in (order[20:], order[:20])]
    strengths = 1e-4, 1e-2, 100.
    best = max(strengths, key=lambda c: logistic(*part, c))
    each = {c: logistic(train, val, c) for c in strengths}
    assert len(set(each.values())) == 3
    assert linear_probe(train, val, strengths) == each[best]
    assert linear_probe(train, val, [1e-4]) == each[1e-4]


def test_strength_does_not_depend_on_the_clips_it_is_judged_by():
    train = blobs(100, gap=2, width=60)
    feats, labels = blobs(400, gap=2, width=60)
    halves = [
        linear_probe(train, (feats[part], labels[part]))
        for part in (slice(0, 200), slice(200, None))
    ]
    assert linear_probe(train,
                        (feats, labels)) == pytest.approx(np.mean(halves))


def test_linear_probe_of_a_handful_of_clips_needs_no_choice():
    train = np.eye(4)[:4], np.arange(4)
    assert linear_probe(train, train) == 100


def test_knn_compares_directions_not_lengths():
    feats, labels = blobs(200, gap=12)
    lengths = np.random.uniform(0.01, 100, (200, 1))
    assert knn_probe((feats * lengths, labels), blobs(100, gap=12)) == 100


def test_knn_needs_no_more_clips_than_there_are():
    train = np.eye(CLASSES), np.arange(CLASSES)
    assert knn_probe(train, train, neighbours=1) == 100
    assert 0 <= knn_probe(train, train, neighbours=10) <= 100


class TestExplainedVariance:

    @staticmethod
    def share(pred, target):
        meter = ExplainedVariance()
        meter.update(pred, target)
        return meter.compute()

    def test_formula_on_small_numbers(self):
        # channel means 2 and 1; squares 2 + 2 = 4; errors 1 + 0 = 1
        target = torch.tensor([[1., 0.], [3., 2.]])
        pred = torch.tensor([[1., 1.], [3., 2.]])
        assert self.share(pred, target) == pytest.approx(75)

    def test_is_100_for_a_perfect_prediction(self):
        target = torch.randn(3, 5, 7)
        assert self.share(target, target) == 100

    def test_is_0_for_the_mean(self):
        target = torch.randn(3, 5, 7) + 3
        mean = target.mean((0, 1)).expand_as(target)
        assert self.share(mean, target) == pytest.approx(0, abs=1e-4)

    def test_is_negative_for_worse_than_the_mean(self):
        target = torch.randn(3, 5, 7)
        assert self.share(-target, target) < -200

    def test_equals_r2_of_scikit_learn(self):
        scale = torch.rand(7) * 5
        target = torch.randn(40, 7) * scale + torch.randn(7)
        pred = target + torch.randn(40, 7)
        expected = r2_score(
            target.double(), pred.double(), multioutput='variance_weighted')
        assert self.share(pred, target) == pytest.approx(100 * expected)

    def test_batches_of_any_size_add_up_to_the_whole(self):
        target = torch.randn(10, 4, 6) + 2
        pred = target + 0.5 * torch.randn(10, 4, 6)
        meter = ExplainedVariance()
        for part in ((pred[:1], target[:1]), (pred[1:4], target[1:4]),
                     (pred[4:], target[4:])):
            meter.update(*part)
        assert meter.compute() == pytest.approx(self.share(pred, target))
        each = [self.share(p, t) for p, t in zip(pred, target)]
        assert np.mean(each) != pytest.approx(meter.compute(), abs=0.1)

    def test_a_large_mean_costs_no_precision(self):
        target = torch.randn(200, 3) + 1000
        pred = target + 0.5 * torch.randn(200, 3)
        expected = r2_score(
            target.double(), pred.double(), multioutput='variance_weighted')
        assert self.share(pred, target) == pytest.approx(
            100 * expected, rel=1e-6)

    def test_accepts_bfloat16_with_gradients(self):
        target = torch.randn(20, 4)
        pred = target.bfloat16().requires_grad_()
        assert 99.9 < self.share(pred, target) < 100

    def test_no_batch_is_refused(self):
        with pytest.raises(ValueError, match='no batch'):
            ExplainedVariance().compute()
