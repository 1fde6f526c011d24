"""The reader of each file: the fastest of those that are exact."""
import gc
import io
import os
import threading
from typing import Any, Callable, Dict, Iterator, List, Sequence, Union

import decord
import numpy as np

from .sequential_reader import SequentialReader
from .sparse_reader import SparseReader
from .video_decoding import (READ_ERRORS, BrokenVideoError, count_frames,
                             first_line)
from .video_survey import Survey, survey

__all__ = ['TIME_LIMIT', 'CheckedReader']

TIME_LIMIT = 60.  # seconds that one request to a decoder may take

# A forked process inherits readers that wait for garbage collection. To free
# one, decord waits for its threads, which only the parent has: for ever.
# Frozen objects are never collected there, also not by what other packages do
# right after the fork; the parent frees its own.
os.register_at_fork(before=gc.freeze, after_in_parent=gc.unfreeze)

# how each file is read, so that it is surveyed once per process: for a good
# file 0, for one that is read slowly the times of its frames, for a broken
# one the reason
_Known = Union[int, np.ndarray, str]
_known: Dict[int, _Known] = {}


class CheckedReader:
    """decord's frames where they are exact, else PyAV's.

    Where decord is exact, :class:`.SparseReader` gives the same pixels for
    less work, for most files; decord reads the others.

    Each request has a time limit. decord runs in a thread of its own; when
    the limit is over, that thread is left to itself, because nothing can
    stop it, and the file counts as broken from then on in this process. (A
    signal would not do: Python handles it after the decoder has returned.)
    All files on which decord is known to hang are recognised beforehand and
    never given to it.

    Args:
        data (bytes): The whole file.
        name (str): Path of the file; what was found is remembered under it.
        num_threads (int): Threads of the decoder.
        time_limit (float): Seconds that a request may take.
        thorough (bool): See :func:`survey`.

    Raises:
        BrokenVideoError: If the file cannot be read.
    """

    def __init__(self,
                 data: bytes,
                 name: str,
                 num_threads: int = 1,
                 time_limit: float = TIME_LIMIT,
                 thorough: bool = False) -> None:
        self.data = data
        self.num_threads = num_threads
        self.time_limit = time_limit
        self._key = hash((name, len(data), thorough))
        known = _known.get(self._key)
        if known is None:
            known = self._remember(lambda: survey(data, thorough))
        if isinstance(known, str):
            raise BrokenVideoError(known)
        self.reader: Any = None
        if isinstance(known, np.ndarray):
            self.reader = SequentialReader(data, known, num_threads)
            return
        try:
            self.reader = self._within(lambda: SparseReader(data, num_threads))
        except READ_ERRORS:
            if self._hangs:
                raise
            self._read_by_decord()

    @property
    def seeks(self) -> bool:
        """Whether frames are read without decoding all before them."""
        return not isinstance(self.reader, SequentialReader)

    @property
    def _hangs(self) -> bool:
        return isinstance(_known.get(self._key), str)

    def __len__(self) -> int:
        return len(self.reader)

    def __getitem__(self, index: int) -> Any:
        return self._ask(lambda: self.reader[index])

    def get_batch(self, indices: Sequence[int]) -> Any:
        """Decode frames, (N, H, W, 3) uint8 RGB."""
        return self._ask(lambda: self.reader.get_batch(indices))

    def __iter__(self) -> Iterator[np.ndarray]:
        """Yield all frames in order, each decoded once, (H, W, 3) uint8."""
        begin = 0
        if not isinstance(self.reader, decord.VideoReader):
            try:
                for picture in self.reader:
                    yield picture
                    begin += 1
                return
            except READ_ERRORS:
                if not isinstance(self.reader, SparseReader):
                    raise
                self._read_by_decord()
        for index in range(begin, len(self)):
            yield self[index].asnumpy()

    def get_avg_fps(self) -> float:
        return self.reader.get_avg_fps()

    def get_frame_timestamp(self, indices: Sequence[int]) -> np.ndarray:
        """Begin and end of frames in seconds, (N, 2)."""
        return self.reader.get_frame_timestamp(indices)

    def seek(self, index: int) -> None:
        if isinstance(self.reader, SparseReader):
            # which goes back to a key frame each time
            self._read_by_decord()
        self._ask(lambda: self.reader.seek(index))

    def next(self) -> Any:
        return self._ask(lambda: self.reader.next())

    def _read_by_decord(self) -> None:
        try:
            self.reader = self._within(lambda: decord.VideoReader(
                io.BytesIO(self.data), num_threads=self.num_threads))
        except (*READ_ERRORS, AssertionError) as error:
            self._read_slowly(error)

    def _ask(self, request: Callable[[], Any]) -> Any:
        """Ask; where a reader gives up, ask the next one."""
        try:
            return self._within(request)
        except READ_ERRORS as error:
            if isinstance(error, IndexError) or self._hangs:
                raise
            if isinstance(self.reader, SparseReader):
                self._read_by_decord()
                return self._ask(request)
            if isinstance(error, BrokenVideoError) or not self.seeks:
                raise
            self._read_slowly(error)
            return self._within(request)

    def _read_slowly(self, error: BaseException) -> None:
        """Read with PyAV what decord cannot read, if every frame is whole."""
        if isinstance(error, BrokenVideoError):
            raise error
        times = self._remember(
            lambda: Survey('decord', count_frames(self.data)))
        if isinstance(times, str):
            raise BrokenVideoError(times) from None
        assert isinstance(times, np.ndarray)
        self.reader = SequentialReader(self.data, times, self.num_threads)

    def _remember(self, look: Callable[[], Survey]) -> _Known:
        known: _Known = 0
        try:
            found = self._within(look)
            known = 0 if found.times is None else found.times
        except READ_ERRORS as error:
            known = first_line(error)
        _known[self._key] = known
        return known

    def _within(self, request: Callable[[], Any]) -> Any:
        """Run in a thread, as long as the limit allows."""
        results: List[Any] = []
        errors: List[BaseException] = []

        def run() -> None:
            try:
                results.append(request())
            except BaseException as error:  # raised again below
                errors.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        thread.join(self.time_limit)
        if errors:
            raise errors[0]
        if not results:
            reason = f'no answer from the decoder in {self.time_limit:g} s'
            _known[self._key] = reason
            raise BrokenVideoError(reason)
        return results[0]
