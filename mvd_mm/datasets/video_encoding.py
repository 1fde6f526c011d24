"""H.264 files that are read fast, frame for frame what was written."""
from fractions import Fraction
from pathlib import Path
from typing import Any, Optional, Tuple

import av
import numpy as np

__all__ = ['PRESETS', 'H264Writer', 'check_encoder', 'frame_moments']

PRESETS = ('ultrafast', 'superfast', 'veryfast', 'faster', 'fast', 'medium',
           'slow', 'slower')
_TICKS = 90000  # a second, where frames are not equally spaced


def check_encoder() -> None:
    """Check that PyAV can write H.264.

    Raises:
        ValueError: If it cannot.
    """
    if 'libx264' not in av.codecs_available:
        raise ValueError('PyAV was built without libx264 here and cannot '
                         'write H.264: install the wheel, `pip install av`')


def frame_moments(reader: Any, number: int) -> Optional[np.ndarray]:
    """Seconds at which frames are shown, where these are not equally spaced.

    Args:
        reader (CheckedReader): An open video.
        number (int): Frames, from the first.

    Returns:
        np.ndarray or None: (number, ) float64 from 0 on; None where the frame
        rate says it all, or the file does not say.
    """
    times = reader.get_frame_timestamp(np.arange(number))[:, 0]
    times = times.astype(np.float64) - times[0]
    steps = np.diff(times)
    # containers without times, as avi, give nonsense
    if not len(steps) or not (steps > 0).all() or times[-1] > 1e7:
        return None
    if not (steps < 3600).all() or (steps > steps.mean() / 2).all() and (
            steps < steps.mean() * 1.5).all():
        return None
    return times


class H264Writer:
    """Write frames to an .mp4 file; a context.

    Groups of pictures are closed and have one length. Frames are coded such
    that a decoder has less to do (x264's ``fastdecode``: no arithmetic coding
    and no filter of block borders), for about a tenth more bytes.

    Args:
        path (Path): File ending in .mp4; it is overwritten.
        size (tuple[int, int]): Width and height in pixels, both even.
        fps (float): Frames per second.
        crf (int): Quality of x264, 0..51; less is better.
        keyframes (int): Frames from one key frame to the next; 1: each frame
            is one.
        preset (str): Of ``PRESETS``: slower ones write smaller files.
        moments (np.ndarray, optional): Seconds at which frames are
            shown, instead of ``fps``.
    """

    def __init__(self,
                 path: Path,
                 size: Tuple[int, int],
                 fps: float,
                 crf: int,
                 keyframes: int,
                 preset: str,
                 moments: Optional[np.ndarray] = None) -> None:
        # video alone: no sound to decode past
        self.file: Any = av.open(str(path), 'w')
        rate = Fraction(fps).limit_denominator(65535)
        self.stream: Any = self.file.add_stream('libx264', rate=rate)
        self.stream.width, self.stream.height = size
        self.stream.pix_fmt = 'yuv420p'
        self.stream.options = dict(
            crf=str(crf),
            preset=preset,
            tune='fastdecode',
            g=str(keyframes),
            # key frames at cuts would only add to those at fixed places
            sc_threshold='0')
        # as many files at a time as there are cores
        self.stream.codec_context.thread_count = 1
        self.base = 1 / rate
        self.moments = moments
        if moments is not None:
            self.base = Fraction(1, _TICKS)
            self.stream.codec_context.time_base = self.base
        self.number = 0

    def write(self, picture: np.ndarray) -> None:
        """Add a frame, (H, W, 3) uint8 RGB."""
        frame: Any = av.VideoFrame.from_ndarray(picture, format='rgb24')
        frame.pts = self.number
        if self.moments is not None:
            frame.pts = round(self.moments[self.number] * _TICKS)
        frame.time_base = self.base
        self.number += 1
        self.file.mux(self.stream.encode(frame))

    def __enter__(self) -> 'H264Writer':
        return self

    def __exit__(self, kind: Any, *_: Any) -> None:
        try:
            if kind is None and self.number:
                self.file.mux(self.stream.encode())
        finally:
            self.file.close()
