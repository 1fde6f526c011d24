"""Processes forked from one that has used OpenCV's threads."""
import cv2
import numpy as np
import pytest

from mvd_mm.datasets.worker_pool import worker_pool


def _resize(side):
    large = np.zeros((512, 512, 3), np.uint8)
    return cv2.resize(large, (side, side)).shape, cv2.getNumThreads()


@pytest.fixture(autouse=True)
def threads():
    before = cv2.getNumThreads()
    yield
    cv2.setNumThreads(before)


def test_they_work_after_the_parent_has_used_several_threads():
    cv2.setNumThreads(4)
    _resize(1024)  # starts the threads
    with worker_pool(2) as pool:
        found = pool.map_async(_resize, [64, 128, 256]).get(timeout=60)
    assert found == [((side, side, 3), 1) for side in (64, 128, 256)]
    assert cv2.getNumThreads() == 4


def test_an_error_of_a_worker_is_raised_and_the_threads_come_back():
    cv2.setNumThreads(3)
    with pytest.raises(cv2.error), worker_pool(1) as pool:
        pool.map(_resize, [0])
    assert cv2.getNumThreads() == 3
