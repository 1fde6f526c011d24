"""Published crops, clip by clip."""
import json
from pathlib import Path

import numpy as np
import pytest
from mmaction.datasets.transforms import FormatShape

from mvd_mm.datasets.transforms import ThreeCropViews

CROPS = json.loads(
    (Path(__file__).parents[2] / 'data' /
     'crops.json').read_text())['three_crop_test_xy_after_short_side_224']


def clips(num_clips, clip_len, height, width):
    """Every pixel tells its clip, its frame, its row and its column."""
    imgs = np.zeros((num_clips, clip_len, height, width, 3), dtype=np.uint8)
    imgs[..., 0] += np.arange(
        num_clips * clip_len, dtype=np.uint8).reshape(num_clips, clip_len, 1,
                                                      1)
    imgs[..., 1] += np.arange(height, dtype=np.uint8)[:, None]
    imgs[..., 2] += np.arange(width, dtype=np.uint8)
    return dict(
        imgs=list(imgs.reshape(-1, height, width, 3)),
        num_clips=num_clips,
        clip_len=clip_len)


@pytest.mark.parametrize('size', CROPS)
def test_corners_are_the_published_ones(size):
    height, width = map(int, size.split('x'))
    results = ThreeCropViews()(clips(1, 1, height, width))
    assert results['crop_bbox'][:, :2].tolist() == CROPS[size]
    for view, (x, y) in zip(results['imgs'], CROPS[size]):
        assert view.shape == (224, 224, 3)
        assert view[0, 0].tolist() == [0, y, x]


def test_views_stay_clip_major_through_format_shape():
    results = ThreeCropViews(16)(clips(2, 4, 16, 21))
    views = FormatShape('NCTHW')(results)['imgs']
    assert views.shape == (6, 3, 4, 16, 16)
    found = [(view[0, 0, 0, 0], view[2, 0, 0, 0]) for view in views]
    # first frame of the clip, left column of the crop
    assert found == [(0, 0), (0, 2), (0, 5), (4, 0), (4, 2), (4, 5)]
    assert (views[:, 0, :, 0, 0] % 4 == np.arange(4)).all()


@pytest.mark.parametrize('size, corner',
                         [((16, 21), (2, 0)), ((21, 16), (0, 2)),
                          ((19, 22), (3, 1))])
def test_one_crop_is_central(size, corner):
    results = ThreeCropViews(16, num_crops=1)(clips(1, 2, *size))
    assert results['imgs'].shape == (2, 16, 16, 3)
    assert tuple(results['crop_bbox'][0, :2]) == corner
    assert tuple(results['imgs'][0, 0, 0, :0:-1]) == corner


def test_rectangles_are_width_height_as_in_mmaction2():
    results = ThreeCropViews((32, 24))(clips(1, 1, 24, 40))
    assert results['imgs'].shape == (3, 24, 32, 3)
    assert results['crop_bbox'][:, 0].tolist() == [0, 4, 8]


@pytest.mark.parametrize('size, fault', [((20, 40), 'larger'),
                                         ((30, 40), 'smaller')])
def test_frames_that_do_not_fit_are_refused(size, fault):
    with pytest.raises(ValueError, match=f'`crop_size`.*{fault}.*40 x'):
        ThreeCropViews(24)(clips(1, 1, *size))


@pytest.mark.parametrize('name', ['crop_size', 'num_crops'])
def test_rejects_nothing(name):
    with pytest.raises(ValueError, match=f'`{name}`.*0'):
        ThreeCropViews(**{name: 0})
