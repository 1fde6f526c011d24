"""Processes forked from one that has used OpenCV's threads, or that die."""
import os

import cv2
import numpy as np
import pytest

from mvd_mm.datasets.worker_pool import WorkerDied, each_result, worker_pool


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


def _die_at_3(number):
    if number == 3:
        os._exit(1)
    return number * 10


@pytest.mark.parametrize('workers', [1, 2])
def test_a_job_that_ends_its_process_is_named_and_all_others_are_done(workers):
    found = dict(each_result(_die_at_3, range(12), workers))
    assert isinstance(found.pop(3), WorkerDied)
    assert found == {n: 10 * n for n in range(12) if n != 3}


def test_what_a_job_raises_is_raised():
    with pytest.raises(cv2.error):
        list(each_result(_resize, [0], 1))
