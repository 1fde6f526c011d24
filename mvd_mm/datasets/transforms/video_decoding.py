"""What every reader of videos shares: opening, decoding in order, errors."""
import io
from typing import Any, Iterator, List, Sequence, Tuple

import av
import decord
import numpy as np

__all__ = [
    'READ_ERRORS', 'BrokenVideoError', 'count_frames', 'decode_all',
    'first_line', 'frame_numbers', 'open_video'
]

# what a damaged or missing file raises in any of the readers; neither
# decord's errors nor PyAV's are RuntimeErrors
READ_ERRORS = (decord.DECORDError, av.FFmpegError, RuntimeError, OSError,
               IndexError, EOFError)

_ATTACHED_PICTURE = 0x400  # FFmpeg's AV_DISPOSITION_ATTACHED_PIC
_SMALLEST_SIDE = 8  # pixels; smaller frames show nothing


class BrokenVideoError(RuntimeError):
    """A file that gives no frames, or wrong ones; the message says why."""


def first_line(error: BaseException) -> str:
    """The reason in one line; decord's errors carry a stack trace."""
    line = (str(error).strip().splitlines() or [repr(error)])[0]
    if isinstance(error, av.FFmpegError):
        line = error.strerror or line
    return line.split('Check failed: ')[-1]


def open_video(data: bytes) -> Tuple[Any, Any]:
    """The container, to be closed by the caller, and its video stream."""
    container = av.open(io.BytesIO(data), metadata_errors='ignore')
    streams: List[Any] = [
        stream for stream in container.streams.video
        if not int(getattr(stream, 'disposition', 0)) & _ATTACHED_PICTURE
    ]
    fault = '' if streams else 'there is no video stream'
    if streams:
        # the one that FFmpeg, and decord with it, takes; PyAV below 14 lacks
        # the choice
        stream: Any = streams[0]
        if len(streams) > 1 and hasattr(container.streams, 'best'):
            stream = container.streams.best('video')
        # an unknown codec leaves PyAV without a size
        width, height = getattr(stream, 'width',
                                0), getattr(stream, 'height', 0)
        if min(width, height) < _SMALLEST_SIDE:
            fault = f'the frames have {width} x {height} pixels'
    if fault:
        container.close()
        raise BrokenVideoError(fault)
    return container, stream


def decode_all(data: bytes, threads: int = 1) -> Iterator[Any]:
    """Yield all frames (``av.VideoFrame``) in order.

    Raises:
        BrokenVideoError: If one is damaged. What comes before the first
            whole frame is left out: a recording may begin anywhere.
    """
    container, stream = open_video(data)
    number = 0
    with container:
        stream.codec_context.thread_count = threads
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except av.FFmpegError as error:
                if isinstance(error, av.error.EOFError):
                    return
                if not number:
                    continue
                raise BrokenVideoError(f'frame {number} cannot be decoded: '
                                       f'{first_line(error)}') from None
            for frame in frames:
                if frame.is_corrupt:
                    if not number:
                        continue
                    raise BrokenVideoError(f'frame {number} is damaged')
                yield frame
                number += 1


def count_frames(data: bytes) -> np.ndarray:
    """Moments of all frames in seconds, from the first one."""
    times = [frame.time for frame in decode_all(data)]
    if not times:
        raise BrokenVideoError('no frame can be decoded')
    if None in times or (np.diff(times) <= 0).any():
        return np.full(len(times), np.nan)
    return np.array(times, dtype=np.float64) - times[0]


def frame_numbers(indices: Sequence[int], length: int) -> np.ndarray:
    """Indices of frames, counted from the beginning.

    Args:
        indices (Sequence[int]): Negative ones count from the end.
        length (int): Frames of the video.

    Returns:
        np.ndarray: int64, shape (N, ).

    Raises:
        IndexError: If one is beyond the frames.
    """
    wanted = np.asarray(indices, dtype=np.int64).reshape(-1)
    wanted = np.where(wanted < 0, wanted + length, wanted)
    if wanted.size and not 0 <= wanted.min() <= wanted.max() < length:
        raise IndexError(f'`indices` {wanted[:8].tolist()} are beyond the '
                         f'{length} frames')
    return wanted
