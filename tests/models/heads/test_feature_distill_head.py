"""The distillation head compares at hidden positions only."""
import pytest
import torch

from mvd_mm.models import FeatureDistillHead


@pytest.fixture
def batch(draw_mask):
    """Prediction (2, 4, 5), features (2, 7, 5), mask hiding 4 of 7."""
    return torch.randn(2, 4, 5), torch.randn(2, 7, 5), draw_mask(2, 7, 4)


def test_visible_positions_do_not_count(batch):
    pred, feats, mask = batch
    head = FeatureDistillHead()
    before = head.loss(pred, feats, mask)
    feats[~mask] += 100
    assert head.loss(pred, feats, mask) == before
    feats[mask] += 100
    assert head.loss(pred, feats, mask) > before + 50


def test_targets_stand_in_token_order(batch):
    _, feats, mask = batch
    target = FeatureDistillHead().target(feats, mask)
    assert target.shape == (2, 4, 5)
    for row in range(2):
        assert (target[row] == feats[row][mask[row]]).all()


def test_default_is_smooth_l1_with_beta_1(batch):
    pred, feats, mask = batch
    head = FeatureDistillHead()
    distance = (pred - head.target(feats, mask)).abs()
    expected = torch.where(distance < 1, distance**2 / 2, distance - 0.5)
    torch.testing.assert_close(head.loss(pred, feats, mask), expected.mean())


def test_normalised_target_ignores_scale_and_shift(batch):
    pred, feats, mask = batch
    head = FeatureDistillHead(norm_target=True)
    torch.testing.assert_close(
        head.loss(pred, 3 * feats + 7, mask),
        head.loss(pred, feats, mask),
        rtol=1e-4,
        atol=1e-5)


def test_normalised_target_has_zero_mean_and_unit_variance(batch):
    _, feats, mask = batch
    target = FeatureDistillHead(norm_target=True).target(feats, mask)
    torch.testing.assert_close(
        target.mean(-1), torch.zeros(2, 4), atol=1e-5, rtol=0)
    torch.testing.assert_close(
        target.var(-1, unbiased=False), torch.ones(2, 4), atol=1e-4, rtol=0)


def test_without_normalisation_scale_counts(batch):
    _, feats, mask = batch
    target = FeatureDistillHead().target
    torch.testing.assert_close(
        target(3 * feats + 7, mask), 3 * target(feats, mask) + 7)


def test_targets_are_single_precision(batch):
    _, feats, mask = batch
    for norm in (True, False):
        head = FeatureDistillHead(norm_target=norm)
        assert head.target(feats.bfloat16(), mask).dtype == torch.float32


def test_takes_the_loss_it_is_given(batch):
    pred, feats, mask = batch
    head = FeatureDistillHead(
        loss=dict(
            type='mvd_mm.RegressionLoss', criterion='l2', loss_weight=2.))
    expected = 2 * (pred - head.target(feats, mask)).square().mean()
    torch.testing.assert_close(head.loss(pred, feats, mask), expected)


class TestSeveralTargets:

    def test_each_is_normalised_by_itself(self, draw_mask):
        feats, mask = torch.randn(2, 7, 6), draw_mask(2, 7, 4)
        feats[..., 3:] = 100 * feats[..., 3:] + 7  # a layer of another scale
        both = FeatureDistillHead(norm_target=True, num_targets=2)
        one = FeatureDistillHead(norm_target=True)
        torch.testing.assert_close(
            both.target(feats, mask),
            torch.cat([one.target(part, mask) for part in feats.chunk(2, -1)],
                      -1))

    def test_losses_add_up_as_those_of_two_branches(self, draw_mask):
        pred, feats = torch.randn(2, 4, 6), torch.randn(2, 7, 6)
        mask = draw_mask(2, 7, 4)
        both, one = FeatureDistillHead(num_targets=2), FeatureDistillHead()
        torch.testing.assert_close(
            both.loss(pred, feats, mask),
            sum(
                one.loss(*parts, mask)
                for parts in zip(pred.chunk(2, -1), feats.chunk(2, -1))))

    def test_must_divide_the_width(self, batch):
        _, feats, mask = batch
        with pytest.raises(ValueError, match='`num_targets` 2.*width 5'):
            FeatureDistillHead(num_targets=2).target(feats, mask)
        with pytest.raises(ValueError, match='`num_targets` must'):
            FeatureDistillHead(num_targets=0)


class TestVisiblePositions:

    def test_count_with_their_weight(self, batch):
        _, feats, mask = batch
        pred = torch.randn(2, 7, 5)
        hidden, visible = (
            FeatureDistillHead().loss(pred[where].reshape(2, -1, 5), feats,
                                      where) for where in (mask, ~mask))
        head = FeatureDistillHead(visible_weight=0.3)
        torch.testing.assert_close(
            head.loss(pred, feats, mask), hidden + 0.3 * visible)

    def test_a_negative_weight_is_refused(self):
        with pytest.raises(ValueError, match='`visible_weight` must not'):
            FeatureDistillHead(visible_weight=-1)
