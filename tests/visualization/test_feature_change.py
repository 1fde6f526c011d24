"""Changes over time, and how far predictions share them."""
import pytest
import torch

from mvd_mm.visualization import change_over_time, compare_changes

GRID = (3, 2, 2)  # time, height, width in tokens
NUM_TOKENS = 12


@pytest.fixture
def tube():
    """Two clips that hide two and three places at all times."""
    places = torch.tensor([[True, False, True, False],
                           [True, True, True, False]])
    return places[:, None].expand(2, 3, 4).reshape(2, NUM_TOKENS)


class TestChangeOverTime:

    def test_is_the_difference_from_the_mean_of_the_same_place(self):
        feats = torch.randn(2, NUM_TOKENS, 5)
        known = torch.ones(2, NUM_TOKENS, dtype=torch.bool)
        slices = feats.reshape(2, 3, 4, 5)
        expected = (slices - slices.mean(1, keepdim=True)).flatten(1, 2)
        torch.testing.assert_close(
            change_over_time(feats, known, GRID), expected)

    def test_unknown_tokens_neither_count_nor_change(self):
        feats = torch.randn(1, NUM_TOKENS, 5)
        known = torch.ones(1, NUM_TOKENS, dtype=torch.bool)
        known[0, 4] = False  # place 0 at the second time
        found = change_over_time(feats, known, GRID)
        assert (found[0, 4] == 0).all()
        half = (feats[0, 0] - feats[0, 8]) / 2
        torch.testing.assert_close(found[0, 0], half)
        torch.testing.assert_close(found[0, 8], -half)

    def test_what_stands_still_does_not_change(self):
        still = torch.randn(1, 1, 4, 5).expand(1, 3, 4, 5)
        known = torch.ones(1, NUM_TOKENS, dtype=torch.bool)
        found = change_over_time(still.reshape(1, NUM_TOKENS, 5), known, GRID)
        assert found.abs().max() < 1e-6


class TestCompareChanges:

    def compare(self, pred, target, mask):
        # clip by clip: they hide different numbers of tokens
        return [
            compare_changes(pred[i][mask[i]][None], target[i][mask[i]][None],
                            mask[i:i + 1], GRID) for i in range(len(mask))
        ]

    def test_follows_the_change_and_ignores_what_stays(self, tube):
        target = torch.randn(2, NUM_TOKENS, 5)
        still = torch.randn(2, 1, 4, 5).expand(2, 3, 4, 5).flatten(1, 2)
        for factor in (0.1, 1., -2.):
            for change in self.compare(factor * target + still, target, tube):
                assert change.correlation.item() == pytest.approx(
                    1. if factor > 0 else -1., abs=1e-4)
                assert (change.pred / change.target).item() == pytest.approx(
                    abs(factor), rel=1e-4)

    def test_unrelated_changes_do_not_correlate(self, tube):
        pred, target = torch.randn(2, 2, NUM_TOKENS, 2000)
        for change in self.compare(pred, target, tube):
            assert abs(change.correlation.item()) < 0.05

    def test_a_prediction_that_stands_still_has_correlation_0(self, tube):
        target = torch.randn(2, NUM_TOKENS, 5)
        for change in self.compare(torch.ones_like(target), target, tube):
            assert change.correlation.item() == 0
            assert change.pred.item() == pytest.approx(0, abs=1e-6)

    def test_several_clips_at_once(self, tube):
        mask = tube[:1].expand(2, -1)
        pred, target = torch.randn(2, 2, NUM_TOKENS, 5)
        single = self.compare(pred, target, mask)
        both = compare_changes(
            torch.stack([pred[i][mask[i]] for i in range(2)]),
            torch.stack([target[i][mask[i]] for i in range(2)]), mask, GRID)
        for found, expected in zip(both, zip(*single)):
            torch.testing.assert_close(found, torch.cat(expected))
