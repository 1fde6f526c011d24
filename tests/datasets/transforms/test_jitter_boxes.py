"""Jittered boxes lie within their bounds and in the frame."""
import numpy as np
import pytest

from mvd_mm.datasets.transforms import JitterBoxes


def jitter(count, box, size=(1000, 1000)):
    boxes = np.tile(np.array(box, dtype=np.float32), (count, 1))
    results = dict(gt_bboxes=boxes, img_shape=size)
    found = JitterBoxes()(results)
    assert (found['gt_bboxes'] == boxes).all()
    return found['proposals']


def test_edges_fill_the_published_ranges_evenly():
    moved = jitter(20000, (300, 400, 400, 600)) - [300, 400, 400, 600]
    moved = moved / [100, 200, -100, -200]  # inwards is positive
    for edge, (low, high) in zip(moved.T, [(-.2, .1), (-.1, .05)] * 2):
        assert low <= edge.min() < low + 1e-3
        assert high - 1e-3 < edge.max() <= high
        # 5 standard errors of a uniform draw's mean
        assert abs(edge.mean() -
                   (low + high) / 2) < 5 * (high - low) / 12**.5 / 20000**.5


def test_edges_move_independently():
    moved = jitter(20000, (300, 400, 400, 600)) - [300, 400, 400, 600]
    correlation = np.corrcoef(moved.T) - np.eye(4)
    assert np.abs(correlation).max() < 5 / 20000**.5


def test_boxes_stay_in_the_frame():
    found = jitter(200, (0, 0, 50, 40), size=(40, 50))
    assert found.dtype == np.float32
    assert found.min() >= 0
    assert found[:, 2].max() <= 50 and found[:, 3].max() <= 40


def test_no_boxes_give_no_proposals():
    results = dict(gt_bboxes=np.zeros((0, 4)), img_shape=(9, 9))
    assert JitterBoxes()(results)['proposals'].shape == (0, 4)


@pytest.mark.parametrize('bounds', [(0.1, -0.2), (-0.2, 0.5), (0.1, )])
def test_bounds_that_make_no_box_are_refused(bounds):
    with pytest.raises(ValueError, match='`x_range`'):
        JitterBoxes(x_range=bounds)


def test_of_many_boxes_100_are_chosen_with_their_labels():
    boxes = np.arange(120.)[:, None] * [1, 1, 1, 1] + [0, 0, 10, 10]

    def draw(count):
        results = JitterBoxes(max_boxes=100)(
            dict(
                gt_bboxes=boxes[:count],
                gt_labels=np.arange(count),
                entity_ids=np.arange(count),
                img_shape=(200, 200)))
        assert (boxes[results['gt_labels']] == results['gt_bboxes']).all()
        assert (results['entity_ids'] == results['gt_labels']).all()
        assert np.abs(results['proposals'] - results['gt_bboxes']).max() <= 2
        return results['gt_labels'].tolist()

    assert draw(100) == list(range(100))
    one, other = draw(120), draw(120)
    assert len(set(one)) == len(set(other)) == 100 and one != other


def test_no_box_at_all_is_refused():
    with pytest.raises(ValueError, match='`max_boxes`.*0'):
        JitterBoxes(max_boxes=0)
