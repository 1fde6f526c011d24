"""Nested masks: what the student sees, the teacher sees."""
import numpy as np
import pytest

from mvd_mm.datasets.transforms import NestedTubeMasking


def draw(**options):
    options.setdefault('grid_size', (8, 14, 14))
    results = NestedTubeMasking(**options)(dict(label=3))
    assert results.pop('label') == 3
    assert all(m.dtype == bool for m in results.values())
    return results['mask'], results['teacher_mask']


def test_the_published_numbers_of_tokens():
    mask, teacher_mask = draw()
    # floor(0.9 * 196) = 176 and floor(0.75 * 196) = 147 hidden in each slice
    assert [m.reshape(8, 196).sum(1).tolist()
            for m in (mask, teacher_mask)] == [[176] * 8, [147] * 8]
    seen, seen_by_teacher = ~mask, ~teacher_mask
    assert (seen.sum(), seen_by_teacher.sum()) == (160, 392)
    assert (seen_by_teacher & ~seen).sum() == 232
    assert (mask & teacher_mask).sum() == 1176


def test_the_teacher_sees_what_the_student_sees():
    for _ in range(50):
        mask, teacher_mask = draw(
            grid_size=(2, 3, 3), mask_ratio=0.7, teacher_mask_ratio=0.5)
        assert not (teacher_mask & ~mask).any()


def test_every_slice_is_masked_alike():
    for mask in draw():
        slices = mask.reshape(8, 196)
        assert (slices == slices[0]).all()


def test_every_pair_of_a_visible_and_a_further_patch_is_equally_likely():
    # of 3 patches 1 is seen by both, 1 by the teacher alone: 6 cases
    counts = np.zeros((3, 3))
    for _ in range(3000):
        mask, teacher_mask = draw(
            grid_size=(1, 1, 3), mask_ratio=0.7, teacher_mask_ratio=0.4)
        counts[(~mask).argmax(), (mask & ~teacher_mask).argmax()] += 1
    assert (np.diag(counts) == 0).all()
    # 5 standard errors of a Bernoulli(1 / 6) mean over 3000 draws
    found = counts[~np.eye(3, dtype=bool)] / 3000
    assert np.abs(found - 1 / 6).max() < 5 * (5 / 36 / 3000)**0.5


def test_one_pair_per_clip():
    mask, teacher_mask = draw(num_masks=3)
    assert mask.shape == teacher_mask.shape == (3, 1568)
    assert not (teacher_mask & ~mask).any()
    assert (mask[0] != mask[1]).any()


def test_draws_by_the_seed():
    masking = NestedTubeMasking((2, 6, 6))
    np.random.seed(5)
    first = masking({})
    second = masking({})
    np.random.seed(5)
    again = masking({})
    for key in ('mask', 'teacher_mask'):
        assert (first[key] == again[key]).all()
        assert (first[key] != second[key]).any()


@pytest.mark.parametrize('options, words', [
    (dict(mask_ratio=0.75, teacher_mask_ratio=0.9), 'the teacher must see'),
    (dict(mask_ratio=0.75, teacher_mask_ratio=0.75), 'hides 147 of 196'),
    (dict(teacher_mask_ratio=0.), 'and not all'),
    (dict(mask_ratio=1.), '`mask_ratio` must be inside'),
])
def test_refuses_ratios_that_do_not_nest(options, words):
    with pytest.raises(ValueError, match=words):
        NestedTubeMasking((8, 14, 14), **options)


def test_print_shows_the_arguments():
    assert repr(NestedTubeMasking((2, 4, 4), num_masks=2)) == (
        'NestedTubeMasking(grid_size=(2, 4, 4), mask_ratio=0.9, '
        'teacher_mask_ratio=0.75, num_masks=2)')
