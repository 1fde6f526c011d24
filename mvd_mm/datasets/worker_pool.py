"""Processes that share the work on many video files."""
import os
from collections import deque
from concurrent.futures import (FIRST_COMPLETED, Future, ProcessPoolExecutor,
                                wait)
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import Pool, get_context
from multiprocessing.pool import Pool as PoolType
from typing import Any, Callable, Deque, Dict, Iterable, Iterator, Optional

import cv2

__all__ = ['WorkerDied', 'each_result', 'worker_pool']


class WorkerDied(RuntimeError):
    """A file ended the process that worked on it."""


@contextmanager
def _one_thread() -> Iterator[None]:
    """End OpenCV's threads before processes are forked.

    A forked process would wait forever for those of its parent, which it does
    not have.
    """
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)


@contextmanager
def worker_pool(workers: Optional[int] = None) -> Iterator[PoolType]:
    """Give a pool of processes that use one thread of OpenCV each.

    Args:
        workers (int, optional): Number of processes; all cores by default.
    """
    with _one_thread(), Pool(workers) as pool:
        yield pool


def each_result(function: Callable[[Any], Any],
                jobs: Iterable[Any],
                workers: Optional[int] = None) -> Iterator[tuple]:
    """Yield each job and its result as soon as it is done.

    A job that ends its process, as a decoder that crashes does, is found by
    running those that were under way again, one by one.

    Args:
        function (callable): Of one job, at the top of a module.
        jobs (iterable): What it is called with.
        workers (int, optional): Number of processes; all cores by default.

    Yields:
        tuple: The job and what the function returned; for one that ended its
        process, a :class:`WorkerDied`.
    """
    waiting: Deque[Any] = deque(jobs)
    suspects: Deque[Any] = deque()
    # a few: each of them may have to run again
    ahead = 2 * (workers or os.cpu_count() or 1)
    with _one_thread():
        while waiting or suspects:
            if suspects:
                job = suspects.popleft()
                with _pool(1) as pool:
                    try:
                        yield job, pool.submit(function, job).result()
                    except BrokenProcessPool:
                        yield job, WorkerDied('it ends the process that '
                                              'reads it')
                continue
            with _pool(workers) as pool:
                running: Dict[Future, Any] = {}
                while (waiting or running) and not suspects:
                    while waiting and len(running) < ahead:
                        try:
                            future = pool.submit(function, waiting[0])
                        except BrokenProcessPool:
                            break
                        running[future] = waiting.popleft()
                    for future in wait(running, None, FIRST_COMPLETED).done:
                        job = running.pop(future)
                        try:
                            yield job, future.result()
                        except BrokenProcessPool:
                            suspects.append(job)
                suspects.extend(running.values())


def _pool(workers: Optional[int]) -> Any:
    return ProcessPoolExecutor(workers, get_context('fork'))
