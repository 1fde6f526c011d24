"""What is drawn, how often, and that all frames get the same."""
from collections import Counter

import numpy as np
import pytest

from mvd_mm.datasets.transforms import (ClipRandAugment, ClipRandomResizedCrop,
                                        FlooredResize)
from mvd_mm.datasets.transforms.pending_frames import PendingFrames
from mvd_mm.datasets.transforms.rand_augment_ops import OPERATIONS

SIGNED = [name for name, op in OPERATIONS.items() if op.signed]


def drawn(number, **options):
    augment = ClipRandAugment(**options)
    return [step for _ in range(number) for step in augment.draw()]


def test_draws_four_operations_and_applies_each_with_one_half():
    augment = ClipRandAugment()
    number = 5000
    counts = Counter(len(augment.draw()) for _ in range(number))
    for applied, share in enumerate([1, 4, 6, 4, 1]):
        share /= 16
        error = (share * (1 - share) / number)**0.5
        assert abs(counts[applied] / number - share) < 5 * error


def test_all_15_operations_are_equally_likely_and_may_repeat():
    number = 4000
    counts = Counter(step.name for step in drawn(number, prob=1))
    assert set(counts) == set(OPERATIONS)
    expected = 4 * number / 15
    assert max(abs(c - expected) for c in counts.values()) < 5 * expected**0.5
    augment = ClipRandAugment(prob=1)
    assert any(
        len({step.name
             for step in augment.draw()}) < 4 for _ in range(100))


def test_magnitudes_are_normal_around_7_with_random_signs():
    degrees = np.array([
        step.argument for step in drawn(8000, prob=1) if step.name == 'rotate'
    ])
    number = len(degrees)
    assert number > 1500
    magnitude = np.abs(degrees) / 3
    assert abs(magnitude.mean() - 7) < 5 * 0.5 / number**0.5
    assert abs(magnitude.std() - 0.5) < 5 * 0.5 / (2 * number)**0.5
    assert abs((degrees > 0).mean() - 0.5) < 5 * 0.5 / number**0.5


@pytest.mark.parametrize('magnitude, largest', [(10, 30.), (0, 0.)])
def test_magnitudes_are_clipped_to_0_10(magnitude, largest):
    degrees = [
        abs(step.argument)
        for step in drawn(1000, magnitude=magnitude, magnitude_std=3, prob=1)
        if step.name == 'rotate'
    ]
    assert 0 <= min(degrees) and max(degrees) <= 30
    assert largest in degrees


def test_all_warps_are_bicubic_as_published():
    kinds = {
        step.interpolation
        for step in drawn(1000, prob=1) if OPERATIONS[step.name].warps
    }
    assert kinds == {'bicubic'}


def test_one_half_of_the_warps_is_bicubic_where_it_is_drawn():
    kinds = Counter(
        step.interpolation
        for step in drawn(4000, prob=1, interpolation='random')
        if OPERATIONS[step.name].warps)
    number = sum(kinds.values())
    assert set(kinds) == {'bilinear', 'bicubic'}
    assert abs(kinds['bicubic'] / number - 0.5) < 5 * 0.5 / number**0.5
    fixed = drawn(200, interpolation='bilinear')
    assert {s.interpolation for s in fixed} == {None, 'bilinear'}


def test_only_directed_operations_have_a_sign():
    assert sorted(SIGNED) == sorted([
        'rotate', 'colour', 'contrast', 'brightness', 'sharpness', 'shear_x',
        'shear_y', 'translate_x', 'translate_y'
    ])


def test_equal_frames_stay_equal():
    img = np.random.randint(256, size=(40, 52, 3), dtype=np.uint8)
    augment = ClipRandAugment(prob=1)
    changed = 0
    for _ in range(30):
        results = augment(dict(imgs=[img] * 4))
        assert results['imgs'].shape == (4, 40, 52, 3)
        assert results['imgs'].dtype == np.uint8
        assert (results['imgs'] == results['imgs'][:1]).all()
        changed += (results['imgs'][0] != img).any()
    assert changed > 20


def test_applies_what_it_says_it_drew():
    imgs = np.random.randint(256, size=(2, 40, 52, 3), dtype=np.uint8)
    for _ in range(20):
        results = ClipRandAugment(
            interpolation='bilinear', fill=7)(
                dict(imgs=imgs))
        expected = imgs
        for step in results['rand_augment']:
            expected = PendingFrames(expected, [step], 7).all()
        assert (results['imgs'] == expected).all()


def test_lazy_frames_and_the_crop_that_follows_give_the_same_numbers():
    rng = np.random.default_rng(0)
    imgs = rng.integers(0, 256, (3, 60, 80, 3), np.uint8)
    imgs[:, 20:40] = 7  # flat
    for seed in range(60):
        found = []
        for lazy in (False, True):
            np.random.seed(seed)
            results = ClipRandAugment(prob=1, lazy=lazy)(dict(imgs=imgs))
            found.append(ClipRandomResizedCrop(32)(results)['imgs'])
        assert (found[0] == found[1]).all(), results['rand_augment']


def test_lazy_frames_are_refused_by_other_steps():
    results = ClipRandAugment(lazy=True)(
        dict(imgs=np.zeros((2, 8, 8, 3), np.uint8)))
    with pytest.raises(TypeError):
        FlooredResize(4)(results)


def test_seed_repeats_the_draw():
    np.random.seed(3)
    first = drawn(20)
    np.random.seed(3)
    assert drawn(20) == first


@pytest.mark.parametrize('imgs', [
    np.zeros((2, 8, 8, 3), dtype=np.float32),
    np.zeros((2, 8, 8, 1), dtype=np.uint8)
])
def test_refuses_frames_that_are_not_rgb_bytes(imgs):
    with pytest.raises(ValueError, match='`imgs`.*uint8'):
        ClipRandAugment()(dict(imgs=imgs))


@pytest.mark.parametrize('name, value', [('num_ops', -1), ('magnitude', 11),
                                         ('magnitude_std', -1), ('prob', 2),
                                         ('interpolation', 'nearest'),
                                         ('fill', 256)])
def test_rejects_bad_arguments(name, value):
    with pytest.raises(ValueError, match=f'`{name}`'):
        ClipRandAugment(**{name: value})
