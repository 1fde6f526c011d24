"""Processes that share the work on many video files."""
from contextlib import contextmanager
from multiprocessing import Pool
from multiprocessing.pool import Pool as PoolType
from typing import Iterator, Optional

import cv2

__all__ = ['worker_pool']


@contextmanager
def worker_pool(workers: Optional[int] = None) -> Iterator[PoolType]:
    """Give a pool of processes that use one thread of OpenCV each.

    OpenCV's threads are ended here, before the processes are forked. A forked
    process would wait forever for those of its parent, which it does not have.

    Args:
        workers (int, optional): Number of processes; all cores by default.
    """
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        with Pool(workers) as pool:
            yield pool
    finally:
        cv2.setNumThreads(threads)
