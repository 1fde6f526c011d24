"""One box, fresh noise."""
from unittest import mock

import numpy as np
import pytest

from mvd_mm.datasets.transforms import ClipRandomErasing

MEAN = np.array([123.675, 116.28, 103.53])
STD = np.array([58.395, 57.12, 57.375])


def erase(prob=1., imgs=None, **options):
    if imgs is None:
        imgs = np.full((4, 64, 80, 3), 1000, dtype=np.float32)
    return ClipRandomErasing(prob, **options)(dict(imgs=imgs))


def test_the_same_box_is_erased_in_all_frames_and_nothing_else():
    results = erase()
    x, y, w, h = results['erased_box']
    erased = (results['imgs'] != 1000).all(-1)
    expected = np.zeros((64, 80), dtype=bool)
    expected[y:y + h, x:x + w] = True
    assert (erased == expected).all()


def test_noise_is_standard_normal_after_normalisation_new_in_each_frame():
    imgs = np.zeros((16, 128, 128, 3), dtype=np.float32)
    results = erase(imgs=imgs, area_range=(0.3, 0.33))
    x, y, w, h = results['erased_box']
    noise = (results['imgs'][:, y:y + h, x:x + w] - MEAN) / STD
    # 5 standard errors; 78 000 values or more per channel
    number = noise.size / 3
    assert number > 50000
    assert np.abs(noise.mean((0, 1, 2))).max() < 5 / number**0.5
    assert np.abs(noise.var((0, 1, 2)) - 1).max() < 5 * (2 / number)**0.5
    first, second = noise[0].ravel(), noise[1].ravel()
    correlation = np.corrcoef(first, second)[0, 1]
    assert abs(correlation) < 5 / first.size**0.5


def test_normalised_frames_take_the_noise_as_it_is():
    imgs = np.full((2, 64, 64, 3), 50, dtype=np.float32)
    results = erase(imgs=imgs, mean=(0, 0, 0), std=(1, 1, 1))
    x, y, w, h = results['erased_box']
    assert np.abs(results['imgs'][:, y:y + h, x:x + w]).max() < 6


def test_const_is_the_mean():
    results = erase(mode='const')
    x, y, w, h = results['erased_box']
    np.testing.assert_allclose(
        results['imgs'][:, y:y + h, x:x + w] - MEAN, 0, atol=1e-4)


def test_one_clip_in_four_is_erased():
    number = 4000
    imgs = np.zeros((1, 8, 8, 3), dtype=np.float32)
    boxes = [
        erase(0.25, imgs, area_range=(0.1, 0.2))['erased_box']
        for _ in range(number)
    ]
    share = sum(box is not None for box in boxes) / number
    assert abs(share - 0.25) < 5 * (0.25 * 0.75 / number)**0.5


def test_area_and_ratio_cover_the_ranges_and_the_box_is_inside():
    erasing = ClipRandomErasing()
    boxes = np.array([erasing.draw_box(1000, 1000) for _ in range(3000)])
    area = boxes[:, 2] * boxes[:, 3] / 1e6
    ratio = np.log(boxes[:, 3] / boxes[:, 2])
    assert 0.019 < area.min() < 0.03 and 0.31 < area.max() < 0.334
    assert np.log(0.3) - 0.02 < ratio.min() < np.log(0.35)
    assert np.log(2.8) < ratio.max() < np.log(1 / 0.3) + 0.02
    assert (boxes[:, :2] + boxes[:, 2:] <= 1000).all()


def test_limits_are_the_published_ones():
    drawn = []

    def uniform(low, high):
        drawn.append((low, high))
        return high

    # the largest and tallest box never fits: a try is an area and a ratio
    with mock.patch('numpy.random.uniform', uniform):
        assert ClipRandomErasing().draw_box(224, 224) is None
    assert len(drawn) == 2 * 100
    assert set(drawn[::2]) == {(0.02, 1 / 3)}
    low, high = drawn[1]
    assert (low, high) == pytest.approx((np.log(0.3), -np.log(0.3)))


def test_frames_stay_as_they_are_where_no_box_fits():
    imgs = np.ones((1, 4, 400, 3), dtype=np.float32)
    results = erase(imgs=imgs, area_range=(0.3, 0.33))
    assert results['erased_box'] is None and (results['imgs'] == 1).all()


def test_uint8_comes_out_as_float_erased_or_not_and_input_is_kept():
    imgs = np.zeros((2, 32, 32, 3), dtype=np.uint8)
    for prob in (0., 1.):
        assert erase(prob, imgs)['imgs'].dtype == np.float32
    floats = np.zeros((2, 32, 32, 3), dtype=np.float32)
    assert erase(1., floats)['imgs'].any() and not floats.any()


@pytest.mark.parametrize('name, value', [('prob', 1.5), ('mode', 'noise'),
                                         ('area_range', (0, 0.3)),
                                         ('aspect_ratio_range', (3, 1))])
def test_rejects_bad_arguments(name, value):
    with pytest.raises(ValueError, match=f'`{name}`'):
        ClipRandomErasing(**{name: value})
