"""Parts of videos."""
from typing import Any, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

__all__ = ['FrameRange', 'Window', 'cover']


class Window(NamedTuple):
    """A part of a video.

    Args:
        video (int): Number of the video, from 0.
        begin (int): First frame.
        end (int, optional): Frame after the last one; None: of the video.
    """

    video: int
    begin: int = 0
    end: Optional[int] = None


class FrameRange:
    """Some neighbouring frames of a reader, which answer as a whole video.

    Args:
        reader: Of decord, or one that answers as it does.
        begin (int): First frame.
        end (int): Frame after the last one.
    """

    def __init__(self, reader: Any, begin: int, end: int) -> None:
        self.reader, self.begin, self.end = reader, begin, end

    def __len__(self) -> int:
        return self.end - self.begin

    def get_batch(self, indices: Sequence[int]) -> Any:
        """Frames by their numbers in the range."""
        return self.reader.get_batch(np.asarray(indices) + self.begin)

    def get_avg_fps(self) -> float:
        """Frames a second."""
        return self.reader.get_avg_fps()


def cover(count: int, rate: float, seconds: float,
          stride: float) -> List[Tuple[int, int]]:
    """Cover a video with windows; the last one ends with it.

    Args:
        count (int): Frames of the video.
        rate (float): Frames a second.
        seconds (float): Length of a window.
        stride (float): Seconds from the begin of a window to the next.

    Returns:
        list[tuple[int, int]]: First frame of each window, and the one after
        its last.
    """
    length = min(max(1, round(seconds * rate)), count)
    begins: List[int] = []
    number = 0
    while True:
        begin = max(round(number * stride * rate), number)
        if begin + length >= count:
            break
        begins.append(begin)
        number += 1
    begins.append(count - length)
    return [(begin, begin + length) for begin in begins]
