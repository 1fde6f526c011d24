"""Boxes are kept as published or, on demand, dropped where cut away."""
from unittest import mock

import numpy as np
import pytest

from mvd_mm.datasets.transforms import BoxAwareRandomCrop


def clip(*boxes, size=(40, 60)):
    count = len(boxes)
    frame = np.arange(size[0] * size[1] * 3).reshape(*size, 3)
    return dict(
        imgs=[frame] * 2,
        img_shape=size,
        gt_bboxes=np.array(boxes, dtype=np.float32).reshape(-1, 4),
        gt_labels=np.eye(count, 5),
        entity_ids=np.arange(count))


def crop_at(x, y, results, **options):
    with mock.patch('numpy.random.randint', side_effect=[x, y]):
        return BoxAwareRandomCrop(20, **options)(results)


def test_pixels_and_boxes_move_together():
    results = clip((12, 14, 22, 30))
    frame = results['imgs'][0]
    found = crop_at(10, 5, results)
    assert (found['imgs'][1] == frame[5:25, 10:30]).all()
    assert found['img_shape'] == (20, 20)
    assert found['gt_bboxes'].tolist() == [[2, 9, 12, 20]]


def test_by_default_a_box_outside_is_clamped_and_keeps_its_labels():
    results = clip((30, 0, 40, 10), (15, 15, 25, 30), (30, 30, 40, 39))
    results['proposals'] = results['gt_bboxes'].copy()
    results['scores'] = np.array([0.9, 0.8, 0.7])
    found = crop_at(0, 0, results)
    clamped = [[20, 0, 20, 10], [15, 15, 20, 20], [20, 20, 20, 20]]
    assert found['gt_bboxes'].tolist() == clamped
    assert found['proposals'].tolist() == clamped
    assert found['gt_labels'].tolist() == np.eye(3, 5).tolist()
    assert found['entity_ids'].tolist() == [0, 1, 2]
    assert found['scores'].tolist() == [0.9, 0.8, 0.7]


def test_by_default_the_boxes_do_not_choose_the_position():
    # in a corner of 1 pixel: with `min_visible` only few positions remain
    crop = BoxAwareRandomCrop(20)
    corners = {
        tuple(crop(clip((23, 21, 24, 22), size=(22, 24)))['crop_bbox'][:2])
        for _ in range(500)
    }
    assert corners == {(x, y) for x in range(5) for y in range(3)}


def test_a_box_outside_goes_with_its_labels():
    found = crop_at(0, 0, clip((30, 0, 40, 10), (5, 5, 15, 15)), min_visible=0)
    assert found['gt_bboxes'].tolist() == [[5, 5, 15, 15]]
    assert found['gt_labels'].tolist() == np.eye(2, 5)[1:].tolist()
    assert found['entity_ids'].tolist() == [1]


@pytest.mark.parametrize('min_visible, kept', [(0, 2), (0.29, 2), (0.3, 1)])
def test_the_visible_share_decides(min_visible, kept):
    # of the first 3 of 10 columns remain
    boxes = (17, 0, 27, 10), (5, 5, 15, 15)
    found = crop_at(0, 0, clip(*boxes), min_visible=min_visible)
    assert len(found['gt_bboxes']) == len(found['gt_labels']) == kept


def test_proposals_and_scores_are_dropped_alike():
    results = clip((5, 5, 15, 15))
    results['proposals'] = np.array([[30., 0, 40, 9], [4, 4, 16, 16]])
    results['scores'] = np.array([0.9, 0.8])
    found = crop_at(0, 0, results, min_visible=0)
    assert found['proposals'].tolist() == [[4, 4, 16, 16]]
    assert found['scores'].tolist() == [0.8]


@pytest.mark.parametrize('attempts', [1, 10])
def test_some_box_always_remains(attempts):
    crop = BoxAwareRandomCrop(20, min_visible=0, max_attempts=attempts)
    for _ in range(200):
        found = crop(clip((55, 35, 58, 39)))
        assert len(found['gt_bboxes']) == 1
        assert found['imgs'][0].shape == (20, 20, 3)


@pytest.mark.parametrize('min_visible', [None, 0])
def test_every_position_is_drawn(min_visible):
    crop = BoxAwareRandomCrop(20, min_visible=min_visible)
    corners = {
        tuple(crop(clip((0, 0, 24, 22), size=(22, 24)))['crop_bbox'][:2])
        for _ in range(500)
    }
    assert corners == {(x, y) for x in range(5) for y in range(3)}


def test_a_frame_smaller_than_the_crop_is_refused():
    with pytest.raises(ValueError, match='`size` is 20.*18 x 60'):
        BoxAwareRandomCrop(20)(clip((0, 0, 9, 9), size=(18, 60)))


@pytest.mark.parametrize(
    'options',
    [dict(min_visible=1),
     dict(min_visible=-.1),
     dict(max_attempts=0)])
def test_arguments_out_of_range_are_refused(options):
    with pytest.raises(ValueError, match=f'`{next(iter(options))}`'):
        BoxAwareRandomCrop(20, **options)
