"""Masks: True means hidden, the same number in every clip."""
import numpy as np
import pytest

from mvd_mm.datasets.transforms import RandomMasking, TubeMasking

BOTH = pytest.mark.parametrize('masking', [TubeMasking, RandomMasking])


class TestTubeMasking:

    @pytest.mark.parametrize('ratio, hidden', [(0.9, 176), (0.75, 147)])
    def test_hides_the_same_patches_in_every_slice(self, ratio, hidden):
        mask = TubeMasking((8, 14, 14), ratio)({})['mask'].reshape(8, 196)
        assert (mask == mask[0]).all()
        assert mask[0].sum() == hidden  # floor(ratio * 196)

    def test_every_patch_is_equally_likely(self):
        masking = TubeMasking((1, 4, 4), 0.5)
        freq = np.mean([masking({})['mask'] for _ in range(4000)], axis=0)
        # 5 standard errors of a Bernoulli(0.5) mean over 4000 draws
        assert np.abs(freq - 0.5).max() < 5 * 0.5 / 4000**0.5


class TestRandomMasking:

    @pytest.mark.parametrize(
        'grid, ratio, hidden',
        [
            ((1, 14, 14), 0.75, 147),
            ((8, 14, 14), 0.9, 1411),  # floor(1411.2)
        ])
    def test_hides_the_floor_of_the_ratio(self, grid, ratio, hidden):
        mask = RandomMasking(grid, ratio)({})['mask']
        assert mask.shape == (np.prod(grid), )
        assert mask.sum() == hidden

    def test_slices_differ(self):
        mask = RandomMasking((8, 4, 4), 0.5)({})['mask'].reshape(8, 16)
        assert (mask != mask[0]).any()

    def test_every_token_is_equally_likely(self):
        masking = RandomMasking((2, 2, 4), 0.75)
        freq = np.mean([masking({})['mask'] for _ in range(4000)], axis=0)
        # 5 standard errors of a Bernoulli(0.75) mean over 4000 draws
        assert np.abs(freq - 0.75).max() < 5 * 0.1875**0.5 / 4000**0.5


@BOTH
class TestBoth:

    def test_is_boolean_and_leaves_the_rest_alone(self, masking):
        results = masking((2, 4, 4), 0.5)(dict(label=3))
        assert results['mask'].dtype == bool
        assert results['mask'].shape == (32, )
        assert results['label'] == 3

    def test_draws_anew_and_by_the_seed(self, masking):
        masking = masking((2, 6, 6), 0.5)
        first, second = (masking({})['mask'] for _ in range(2))
        assert (first != second).any()
        np.random.seed(0)
        assert (masking({})['mask'] == first).all()

    def test_draws_one_mask_per_clip(self, masking):
        masks = masking((2, 6, 6), 0.5, num_masks=3)({})['mask']
        assert masks.shape == (3, 72)
        assert (masks.sum(1) == 36).all()
        assert (masks[0] != masks[1]).any() and (masks[1] != masks[2]).any()

    def test_one_of_one_masks_keeps_its_axis(self, masking):
        assert masking((2, 6, 6), 0.5, num_masks=1)({})['mask'].ndim == 2

    @pytest.mark.parametrize('ratio', [0, 1, -0.1, 1.5])
    def test_rejects_ratio_outside_unit_interval(self, masking, ratio):
        with pytest.raises(ValueError, match=f'`mask_ratio`.*{ratio}'):
            masking((8, 14, 14), ratio)

    def test_rejects_ratio_that_hides_nothing(self, masking):
        with pytest.raises(ValueError, match='`mask_ratio` 0.2 of 4.*hides 0'):
            masking((1, 2, 2), 0.2)

    @pytest.mark.parametrize('grid', [(14, 14), (0, 14, 14)])
    def test_rejects_a_grid_that_is_none(self, masking, grid):
        with pytest.raises(ValueError, match='`grid_size`'):
            masking(grid, 0.9)

    def test_print_shows_the_arguments(self, masking):
        assert repr(masking((1, 4, 4), 0.5)) == (
            f'{masking.__name__}(grid_size=(1, 4, 4), mask_ratio=0.5, '
            'num_masks=None)')
