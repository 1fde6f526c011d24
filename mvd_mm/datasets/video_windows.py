"""Clips of many videos, whole or in sliding windows, read in parallel."""
import os
from contextlib import contextmanager
from typing import (Any, Iterator, List, NamedTuple, Optional, Sequence, Tuple,
                    Union)

import cv2
import numpy as np
from mmengine.dataset import Compose
from torch.utils.data import DataLoader, Dataset

from .broken_videos import use_checked_readers
from .transforms.checked_decord_init import CheckedDecordInit
from .transforms.sequential_reader import DecodedFrames
from .transforms.video_decoding import (READ_ERRORS, BrokenVideoError,
                                        first_line)
from .windows import FrameRange, Window, cover

__all__ = ['Clip', 'WindowDataset', 'read_clips']

Video = Union[str, np.ndarray]


class Clip(NamedTuple):
    """What a pipeline made of a window.

    Args:
        video (int): Number of the video, from 0.
        begin (float): Seconds from the beginning of the video.
        end (float): Likewise.
        results (dict, optional): Of the pipeline; None for a broken video.
        error (str): Why it could not be read; '' if it could.
    """

    video: int
    begin: float
    end: float
    results: Any
    error: str = ''


class WindowDataset(Dataset):
    """Clips of videos; one that cannot be read is told, not raised.

    Files are opened by ``mvd_mm.CheckedDecordInit``. A process keeps the file
    of its last clip open, so that the windows of a video cost no more than
    their frames.

    Args:
        videos (list): Paths, or RGB frames, uint8 of shape (T, H, W, 3).
        pipeline (list): Transforms; the first one must be a ``DecordInit``.
        windows (list[Window], optional): What to read; every video as a whole
            by default.
        fps (float): Frames a second of videos given as arrays.

    Raises:
        ValueError: If the pipeline does not begin with ``DecordInit``, or an
            array is not of that form.
    """

    def __init__(self,
                 videos: Sequence[Video],
                 pipeline: Sequence[Any],
                 windows: Optional[Sequence[Window]] = None,
                 fps: float = 25.) -> None:
        self.videos, self.fps = videos, fps
        for video in videos:
            _check_array(video)
        steps = Compose(pipeline)
        use_checked_readers(steps)
        if not steps.transforms or not isinstance(steps.transforms[0],
                                                  CheckedDecordInit):
            raise ValueError(
                'the pipeline must begin with DecordInit, so that it reads '
                f'video files, got {list(pipeline)[:1]}; extracted frames '
                'cannot be read here')
        self.init, *self.steps = steps.transforms
        self.windows = ([Window(i) for i in range(len(videos))]
                        if windows is None else windows)
        # with the process: the threads of a reader end where it is forked
        self._open: Tuple[int, int, Any] = (0, 0, None)

    def __len__(self) -> int:
        return len(self.windows)

    def reader(self, video: int) -> Any:
        """Open a video, unless it is the one that is open.

        Raises:
            RuntimeError, OSError and others of ``READ_ERRORS``: If it cannot
                be read.
        """
        if self._open[:2] != (os.getpid(), video):
            source = self.videos[video]
            if isinstance(source, np.ndarray):
                reader: Any = source.view(DecodedFrames)
                reader.fps = self.fps
            else:
                reader = self.init._get_video_reader(source)
            if not len(reader) or not reader.get_avg_fps() > 0:
                raise BrokenVideoError('it has no frames, or no frame rate')
            self._open = (os.getpid(), video, reader)
        return self._open[2]

    def __getitem__(self, index: int) -> Clip:
        window = self.windows[index]
        try:
            reader = self.reader(window.video)
            end = len(reader) if window.end is None else window.end
            rate = reader.get_avg_fps()
            source = self.videos[window.video]
            results: Any = dict(
                filename=source if isinstance(source, str) else '',
                label=-1,
                start_index=0,
                modality='RGB',
                video_reader=FrameRange(reader, window.begin, end),
                total_frames=end - window.begin,
                avg_fps=rate)
            for step in self.steps:
                results = step(results)
            return Clip(window.video, window.begin / rate, end / rate, results)
        except READ_ERRORS as error:
            return Clip(window.video, 0., 0., None, first_line(error))

    def slide(self,
              seconds: float,
              stride: float,
              workers: int = 0) -> List[Clip]:
        """Replace whole videos by windows that cover them.

        The last window of a video ends with it. A video shorter than a window
        is one window.

        Args:
            seconds (float): Length of a window.
            stride (float): From the begin of a window to that of the next.
            workers (int): Processes that open the videos.

        Returns:
            list[Clip]: Videos that cannot be opened, with the reason.

        Raises:
            ValueError: If a number is not positive.
        """
        for name, value in (('window', seconds), ('stride', stride)):
            if not 0 < value < float('inf'):
                raise ValueError(f'`{name}` must be a positive number of '
                                 f'seconds, got {value}')
        self.windows, broken = [], []
        lengths = _Lengths(self)
        with _few_threads():
            for number, found in enumerate(
                    DataLoader(
                        lengths,
                        None,
                        num_workers=workers,
                        prefetch_factor=4 if workers else None)):
                if isinstance(found, str):
                    broken.append(Clip(number, 0., 0., None, found))
                    continue
                count, rate = found
                self.windows += [
                    Window(number, *ends)
                    for ends in cover(count, rate, seconds, stride)
                ]
        return broken


class _Lengths(Dataset):
    """Number of frames and frame rate of each video, or the error."""

    def __init__(self, windows: WindowDataset) -> None:
        self.windows = windows

    def __len__(self) -> int:
        return len(self.windows.videos)

    def __getitem__(self, index: int) -> Union[str, Tuple[int, float]]:
        try:
            reader = self.windows.reader(index)
            return len(reader), float(reader.get_avg_fps())
        except READ_ERRORS as error:
            return first_line(error)


def _check_array(video: Video) -> None:
    if isinstance(video, str):
        return
    if (not isinstance(video, np.ndarray) or video.dtype != np.uint8
            or video.ndim != 4 or video.shape[-1] != 3 or not len(video)):
        found = (f'{video.dtype} of shape {video.shape}' if isinstance(
            video, np.ndarray) else type(video).__name__)
        raise ValueError('a video is a path, or RGB frames: an array of uint8 '
                         f'of shape (T, H, W, 3), got {found}')


@contextmanager
def _few_threads() -> Iterator[None]:
    """End OpenCV's threads, which forked processes would wait for."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)


def read_clips(dataset: Dataset,
               batch_size: int,
               workers: int = 0) -> Iterator[List[Clip]]:
    """Yield the clips of a data set in order, some at a time.

    Args:
        dataset (WindowDataset): Or a part of it.
        batch_size (int): Clips at a time; the last time there may be fewer.
        workers (int): Processes that read; 0: this one.

    Raises:
        ValueError: If a number is out of range.
    """
    if batch_size < 1 or workers < 0:
        raise ValueError('`batch_size` must be at least 1 and `workers` at '
                         f'least 0, got {batch_size} and {workers}')
    with _few_threads():
        yield from DataLoader(
            dataset, batch_size, num_workers=workers, collate_fn=list)
