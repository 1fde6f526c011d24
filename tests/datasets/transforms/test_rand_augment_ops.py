"""Each operation against Pillow's, bit by bit."""
import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps
from sklearn.datasets import load_sample_image

from mvd_mm.datasets.transforms.pending_frames import PendingFrames
from mvd_mm.datasets.transforms.rand_augment_ops import OPERATIONS

FILL = (128, ) * 3
BICUBIC, BILINEAR = Image.Resampling.BICUBIC, Image.Resampling.BILINEAR


def photographs():
    """Three frames of a camera that moves over a photograph."""
    photo = load_sample_image('china.jpg')  # comes with scikit-learn
    return np.stack(
        [photo[80 + t:208 + t, 150 + 5 * t:310 + 5 * t] for t in range(3)])


def drawn():
    """Smooth areas, edges, noise and a dark frame."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:48, :64]
    clip = np.stack([
        np.stack([60 + 2 * x + t, 200 - 3 * y, 30 + x + y + 5 * t], -1)
        for t in range(3)
    ]).astype(float)
    clip[:, 10:30, 20:40] = (220, 40, 90)
    clip += rng.normal(0, 8, clip.shape)
    clip[2] *= 0.4
    return clip.clip(0, 255).astype(np.uint8)


@pytest.fixture(scope='module', params=[photographs, drawn])
def frames(request):
    return request.param()


def affine(*matrix):
    return lambda image, resample: image.transform(
        image.size, Image.Transform.AFFINE, matrix, resample, fillcolor=FILL)


def solarise_add(image):
    return image.point(
        [min(255, v + 77) if v < 128 else v for v in range(256)] * 3)


# the magnitude 7 (minus 7 where signed), and what it means
PLAIN = dict(
    auto_contrast=(7, ImageOps.autocontrast),
    equalise=(7, ImageOps.equalize),
    invert=(7, ImageOps.invert),
    posterise=(7, lambda im: ImageOps.posterize(im, 2)),  # 4 - int(2.8)
    solarise=(7, lambda im: ImageOps.solarize(im, 77)),  # 256 - int(179.2)
    solarise_add=(7, solarise_add),
    colour=(-7, lambda im: ImageEnhance.Color(im).enhance(0.37)),
    contrast=(7, lambda im: ImageEnhance.Contrast(im).enhance(1.63)),
    brightness=(7, lambda im: ImageEnhance.Brightness(im).enhance(1.63)),
    sharpness=(-7, lambda im: ImageEnhance.Sharpness(im).enhance(0.37)))
WARPS = dict(
    rotate=(7, lambda im, by: im.rotate(21, by, fillcolor=FILL)),
    shear_x=(7, affine(1, 0.21, 0, 0, 1, 0)),
    shear_y=(-7, affine(1, 0, 0, -0.21, 1, 0)),
    translate_x=(-7, lambda im, by: affine(1, 0, -0.315 * im.width, 0, 1, 0)
                 (im, by)),
    translate_y=(7, lambda im, by: affine(1, 0, 0, 0, 1, 0.315 * im.height)
                 (im, by)))


def warped(frames, name, argument, resample):
    kind = {BICUBIC: 'bicubic', BILINEAR: 'bilinear'}[resample]
    return PendingFrames(frames, [(name, argument, kind)], 128).all()


def test_every_one_of_the_15_is_compared():
    assert {*PLAIN, *WARPS} == set(OPERATIONS) and len(OPERATIONS) == 15
    assert {n for n, op in OPERATIONS.items() if op.warps} == set(WARPS)


@pytest.mark.parametrize('name', PLAIN)
def test_equals_pillow(name, frames):
    magnitude, pillow = PLAIN[name]
    operation = OPERATIONS[name]
    arguments = () if operation.argument is None else (
        operation.argument(magnitude), )
    before = frames.copy()
    ours = operation.function(frames, *arguments)
    for frame, changed in zip(frames, ours):
        assert (changed == np.asarray(pillow(Image.fromarray(frame)))).all()
    assert (frames == before).all()
    if name != 'auto_contrast':  # frames of full range have no more to gain
        assert (ours != frames).any()


@pytest.mark.parametrize('resample', [BILINEAR, BICUBIC])
@pytest.mark.parametrize('name', WARPS)
def test_warp_equals_pillow(name, frames, resample):
    magnitude, pillow = WARPS[name]
    operation = OPERATIONS[name]
    ours = warped(frames, name, operation.argument(magnitude), resample)
    for frame, changed in zip(frames, ours):
        expected = pillow(Image.fromarray(frame), resample)
        assert (changed == np.asarray(expected)).all()
    assert (ours == 128).all(-1).any()  # the fill is seen


@pytest.mark.parametrize('name', ['brightness', 'contrast', 'colour'])
@pytest.mark.parametrize('magnitude', np.linspace(-10, 10, 9))
def test_factors_equal_pillow_over_the_whole_range(name, magnitude, frames):
    kind = dict(
        brightness=ImageEnhance.Brightness,
        contrast=ImageEnhance.Contrast,
        colour=ImageEnhance.Color)[name]
    factor = OPERATIONS[name].argument(magnitude)
    assert factor == pytest.approx(1 + 0.09 * magnitude)
    ours = OPERATIONS[name].function(frames, factor)
    for frame, changed in zip(frames, ours):
        expected = kind(Image.fromarray(frame)).enhance(factor)
        assert (changed == np.asarray(expected)).all()


def test_extreme_magnitudes():
    ramp = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1).repeat(3, 3)
    for name, magnitude, expected in [
        ('posterise', 10, 0 * ramp),  # keeps 0 bits
        ('posterise', 0, ramp & 0xF0),
        ('solarise', 10, 255 - ramp),  # threshold 0
        ('solarise', 0, ramp),
        ('solarise_add', 0, ramp),
    ]:
        operation = OPERATIONS[name]
        ours = operation.function(ramp, operation.argument(magnitude))
        assert (ours == expected).all(), (name, magnitude)


@pytest.mark.parametrize('name', OPERATIONS)
def test_works_on_frames_that_are_a_view(name, frames):
    operation = OPERATIONS[name]
    arguments = () if operation.argument is None else (operation.argument(6), )
    view = frames[:, ::2, 1:-1]
    if operation.warps:
        for resample in (BILINEAR, BICUBIC):
            arguments = (name, operation.argument(6), resample)
            assert (warped(view, *arguments) == warped(view.copy(),
                                                       *arguments)).all()
        return
    assert (operation.function(view, *arguments) == operation.function(
        view.copy(), *arguments)).all()
