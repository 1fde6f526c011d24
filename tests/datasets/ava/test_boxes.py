"""Overlap of boxes."""
import numpy as np
import pytest

from mvd_mm.datasets.ava.boxes import overlap


@pytest.mark.parametrize('other, share', [
    ([0, 0, 2, 2], 1),
    ([1, 0, 3, 2], 1 / 3),
    ([1, 1, 2, 2], 1 / 4),
    ([2, 0, 4, 2], 0),
    ([5, 5, 6, 6], 0),
    ([0, 0, 0, 0], 0),
])
def test_known_overlaps(other, share):
    box = np.array([0., 0., 2., 2.])
    assert overlap(box, np.array(other)) == pytest.approx(share)
    assert overlap(np.array(other), box) == pytest.approx(share)


def test_each_box_with_each_other():
    boxes, others = np.random.rand(3, 4), np.random.rand(5, 4)
    boxes[:, 2:] += 1
    others[:, 2:] += 1
    found = overlap(boxes[:, None], others)
    assert found.shape == (3, 5)
    for i, box in enumerate(boxes):
        for j, other in enumerate(others):
            assert found[i, j] == overlap(box, other)
