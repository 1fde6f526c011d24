"""Exact frames of any video, decoded from the first one on."""
from typing import Any, Iterator, List, Sequence

import numpy as np

from .video_decoding import (BrokenVideoError, decode_all, frame_numbers,
                             open_video)

__all__ = ['DecodedFrames', 'SequentialReader']


class DecodedFrames(np.ndarray):
    """Frames (N, H, W, 3) that answer as a ``decord.VideoReader`` does."""

    fps = 0.

    def get_batch(self, indices: Sequence[int]) -> 'DecodedFrames':
        return self[np.asarray(indices)]

    def get_avg_fps(self) -> float:
        return self.fps

    def asnumpy(self) -> np.ndarray:
        return np.asarray(self)


class SequentialReader:
    """Exact frames of any video: decoded from the first on, with PyAV.

    Answers as a ``decord.VideoReader`` does.

    Args:
        data (bytes): The whole file.
        times (np.ndarray): See :class:`Survey`.
        num_threads (int): Threads of the decoder; 0: its own choice.
    """

    def __init__(self,
                 data: bytes,
                 times: np.ndarray,
                 num_threads: int = 1) -> None:
        self.data = data
        self.num_threads = num_threads
        container, stream = open_video(data)
        with container:
            rate = float(stream.average_rate or stream.guessed_rate or 25)
        self.times = times
        if np.isnan(times).any():
            self.times = np.arange(len(times)) / rate
        elif len(times) > 1:
            rate = (len(times) - 1) / times[-1]
        self.rate = rate
        self._next = 0

    def __len__(self) -> int:
        return len(self.times)

    def __getitem__(self, index: int) -> DecodedFrames:
        return self.get_batch([index])[0]

    def get_batch(self, indices: Sequence[int]) -> DecodedFrames:
        """Decode frames, (N, H, W, 3) uint8 RGB."""
        wanted = frame_numbers(indices, len(self))
        needed, places = np.unique(wanted, return_inverse=True)
        pictures: List[np.ndarray] = []
        for number, frame in enumerate(
                decode_all(self.data, self.num_threads)):
            if number == needed[len(pictures)]:
                pictures.append(_picture(frame, pictures))
                if len(pictures) == len(needed):
                    break
        if len(pictures) < len(needed):
            raise BrokenVideoError(f'the video ends before frame {needed[-1]}')
        return np.stack(pictures)[places].view(DecodedFrames)

    def __iter__(self) -> Iterator[np.ndarray]:
        """Yield all frames in order, (H, W, 3) uint8 RGB."""
        first: List[np.ndarray] = []
        for frame in decode_all(self.data, self.num_threads):
            picture = _picture(frame, first)
            first = first or [picture]
            yield picture

    def get_avg_fps(self) -> float:
        return self.rate

    def get_frame_timestamp(self, indices: Sequence[int]) -> np.ndarray:
        """Begin and end of frames in seconds, (N, 2)."""
        ends = np.append(self.times[1:], self.times[-1] + 1 / self.rate)
        return np.stack([self.times, ends], axis=1)[np.asarray(indices)]

    def seek(self, index: int) -> None:
        self._next = index

    def next(self) -> DecodedFrames:
        self._next += 1
        return self[self._next - 1]


def _picture(frame: Any, before: List[np.ndarray]) -> np.ndarray:
    """RGB (H, W, 3), turned as the file says, in the size of the first."""
    turns = round(getattr(frame, 'rotation', 0) / 90) % 4
    size = before[0].shape[:2] if before else None
    if size is None:
        picture = frame.to_ndarray(format='rgb24')
    else:
        height, width = size if turns % 2 == 0 else size[::-1]
        picture = frame.to_ndarray(format='rgb24', height=height, width=width)
    return np.rot90(picture, turns)
