"""Both views come from one crop, by one antialiased resampling each."""
import numpy as np
import pytest
from PIL import Image

from mvd_mm.datasets.transforms import TwoResolutionResize


@pytest.fixture
def results():
    """Eight cropped frames of 60 x 45 pixels."""
    imgs = np.random.randint(0, 256, (8, 60, 45, 3), dtype=np.uint8)
    return dict(imgs=list(imgs), clip_len=8, num_clips=1)


def pillow(frames, side):
    return np.stack([
        np.asarray(
            Image.fromarray(f).resize((side, side), Image.Resampling.BILINEAR))
        for f in frames
    ])


@pytest.mark.parametrize('side', [24, 96])
def test_equals_pillows_resize_of_the_crop(results, side):
    crop = list(results['imgs'])
    out = TwoResolutionResize(side)(results)
    assert out['imgs'].dtype == np.uint8
    assert (out['imgs'] == pillow(crop, side)).all()
    assert out['img_shape'] == (side, side)
    assert 'imgs_image_teacher' not in out


def test_teacher_sees_every_second_frame_of_the_same_crop(results):
    crop = list(results['imgs'])
    out = TwoResolutionResize(32, teacher_scale=28)(results)
    assert (out['imgs'] == pillow(crop, 32)).all()
    assert (out['imgs_image_teacher'] == pillow(
        [crop[i] for i in (0, 2, 4, 6)], 28)).all()


def test_stride_1_gives_the_teacher_all_frames(results):
    crop = list(results['imgs'])
    out = TwoResolutionResize(32, teacher_scale=28, teacher_stride=1)(results)
    assert (out['imgs_image_teacher'] == pillow(crop, 28)).all()


def test_several_clips_keep_their_first_frames(results):
    crop = list(results['imgs'])
    results.update(clip_len=4, num_clips=2)
    out = TwoResolutionResize(32, teacher_scale=28, teacher_stride=4)(results)
    assert (out['imgs_image_teacher'] == pillow([crop[0], crop[4]], 28)).all()


def test_nothing_is_resampled_at_equal_size():
    imgs = np.random.randint(0, 256, (4, 32, 32, 3), dtype=np.uint8)
    for backend in ('pillow', 'cv2'):
        out = TwoResolutionResize(
            32, 32, backend=backend)(
                dict(imgs=list(imgs), clip_len=4))
        assert (out['imgs'] == imgs).all()
        assert (out['imgs_image_teacher'] == imgs[::2]).all()


def test_pillow_antialiases_and_opencv_does_not():
    stripes = np.zeros((64, 64, 3), dtype=np.uint8)
    stripes[:, ::2] = 255
    spread = {
        backend:
        TwoResolutionResize(13, backend=backend)(
            dict(imgs=[stripes]))['imgs'].std()
        for backend in ('pillow', 'cv2')
    }
    assert spread['pillow'] < 20 < 50 < spread['cv2']


def test_rejects_a_clip_that_the_stride_does_not_divide(results):
    results['clip_len'] = 7
    with pytest.raises(
            ValueError, match='`clip_len`.*`teacher_stride`.*7 and 2'):
        TwoResolutionResize(32, teacher_scale=28)(results)


def test_rejects_unknown_backend():
    with pytest.raises(ValueError, match="`backend`.*'decord'"):
        TwoResolutionResize(32, backend='decord')


def test_print_shows_the_arguments():
    assert repr(TwoResolutionResize(224, 196)) == (
        'TwoResolutionResize(scale=224, teacher_scale=196, teacher_stride=2, '
        "backend='pillow')")
