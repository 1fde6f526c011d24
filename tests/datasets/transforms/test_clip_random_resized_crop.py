"""Crops without rounding and without antialiasing."""
import numpy as np
import pytest
import torch
import torch.nn.functional as F

from mvd_mm.datasets.transforms import ClipRandomResizedCrop

MEAN = np.array([123.675, 116.28, 103.53], dtype=np.float32)
STD = np.array([58.395, 57.12, 57.375], dtype=np.float32)


def frames(height=48, width=64, number=3):
    return np.random.randint(
        256, size=(number, height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize('size', [(24, 24), (64, 40)])
def test_normalising_before_or_after_gives_the_same_1e_5(size):
    imgs = frames()
    results = ClipRandomResizedCrop(size)(dict(imgs=list(imgs)))
    x1, y1, x2, y2 = results['crop_bbox']
    normalised = torch.from_numpy((imgs / 255. - MEAN / 255) / (STD / 255))
    crop = normalised[:, y1:y2, x1:x2].permute(0, 3, 1, 2).double()
    expected = F.interpolate(
        crop, (size[1], size[0]),
        mode='bilinear',
        align_corners=False,
        antialias=False).permute(0, 2, 3, 1)
    ours = torch.from_numpy((results['imgs'] - MEAN) / STD)
    assert results['imgs'].dtype == np.float32
    assert results['img_shape'] == (size[1], size[0])
    torch.testing.assert_close(ours.double(), expected, rtol=0, atol=1e-5)


def test_area_and_ratio_cover_the_ranges():
    crop = ClipRandomResizedCrop()
    boxes = np.array([crop.draw_box(1000, 1000) for _ in range(3000)])
    area = boxes[:, 2] * boxes[:, 3] / 1e6
    ratio = np.log(boxes[:, 2] / boxes[:, 3])
    assert 0.08 < area.min() + 2e-3 and area.max() <= 1
    assert area.min() < 0.1 and area.max() > 0.9
    limit = np.log(4 / 3)
    assert np.abs(ratio).max() < limit + 0.01
    # symmetric: 5 standard errors of the mean of a uniform distribution
    assert abs(ratio.mean()) < 5 * 2 * limit / 12**0.5 / 3000**0.5
    assert (boxes[:, :2] >= 0).all()
    assert (boxes[:, :2] + boxes[:, 2:] <= 1000).all()


@pytest.mark.parametrize('size, box', [
    ((100, 400), (133, 0, 133, 100)),
    ((400, 100), (0, 133, 100, 133)),
    ((100, 120), (0, 0, 120, 100)),
])
def test_fallback_is_the_largest_allowed_crop_of_the_centre(size, box):
    crop = ClipRandomResizedCrop(max_attempts=0)
    assert crop.draw_box(*size) == box


def test_all_frames_are_cropped_alike():
    img = frames(number=1)[0]
    imgs = ClipRandomResizedCrop(16)(dict(imgs=[img] * 4))['imgs']
    assert (imgs == imgs[:1]).all()


@pytest.mark.parametrize('name, value', [('size', 0), ('area_range', (0, 1)),
                                         ('area_range', (0.5, 0.2)),
                                         ('aspect_ratio_range', (2, 1))])
def test_rejects_empty_ranges(name, value):
    with pytest.raises(ValueError, match=f'`{name}`'):
        ClipRandomResizedCrop(**{name: value})
