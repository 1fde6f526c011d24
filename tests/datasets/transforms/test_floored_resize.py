"""Sizes of the published test frames."""
import cv2
import numpy as np
import pytest

from mvd_mm.datasets.transforms import FlooredResize


def frames(height, width):
    return list(
        np.random.randint(256, size=(2, height, width, 3), dtype=np.uint8))


@pytest.mark.parametrize('size, resized', [
    ((256, 340), (224, 297)),
    ((340, 256), (297, 224)),
    ((240, 426), (224, 397)),
    ((240, 320), (224, 298)),
    ((300, 300), (224, 224)),
    ((100, 120), (224, 268)),
    ((224, 299), (224, 299)),
])
def test_long_side_is_rounded_down(size, resized):
    results = FlooredResize(224)(dict(imgs=frames(*size)))
    assert results['imgs'].shape == (2, *resized, 3)
    assert results['img_shape'] == resized


def test_pixels_are_those_of_opencv_bilinear():
    imgs = frames(64, 85)
    results = FlooredResize(48)(dict(imgs=imgs))
    expected = cv2.resize(imgs[1], (63, 48), interpolation=cv2.INTER_LINEAR)
    assert (results['imgs'][1] == expected).all()


def test_frames_of_the_right_size_do_not_change():
    imgs = frames(48, 63)
    assert (FlooredResize(48)(dict(imgs=imgs))['imgs'] == imgs).all()


def test_rejects_no_pixels():
    with pytest.raises(ValueError, match='`short_side`.*0'):
        FlooredResize(0)
