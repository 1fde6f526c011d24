"""Open a video such that its frames are the ones that are asked for."""
import os.path as osp
from typing import Any, Optional

import numpy as np
from mmaction.datasets.transforms import DecordInit
from mmengine.fileio import FileClient

from mvd_mm.registry import TRANSFORMS
from .checked_reader import TIME_LIMIT, CheckedReader
from .sequential_reader import DecodedFrames
from .video_decoding import BrokenVideoError

__all__ = ['CheckedDecordInit']

_BLACK_FRAMES, _BLACK_SIZE = 64, (256, 340)  # number; height and width


@TRANSFORMS.register_module()
class CheckedDecordInit(DecordInit):
    """``DecordInit`` that recognises files on which decord fails silently.

    The first time that a process meets a file, it looks at the packets: about
    10 microseconds per frame, nothing afterwards. Of files that decord reads
    correctly the frames are the same bits as MMAction2's, with less decoding
    where :class:`.SparseReader` can do it. Those on which it gives wrong
    frames, never answers, or gives up are read by PyAV from the first frame
    on, which is exact but slow: ``tools/data/shrink_videos.py`` makes copies
    that are read fast. Damaged files raise ``BrokenVideoError``.

    ``mvd_mm.CheckedVideoDataset`` and the data sets derived from it put this
    class in the place of each plain ``DecordInit``.

    Damage *inside* the data of a frame is not seen without decoding. decord
    paints over it and says nothing. ``tools/data/check_videos.py`` finds such
    files, and so does ``thorough``.

    Required Keys:

    - filename

    Added Keys:

    - video_reader
    - total_frames
    - avg_fps

    Args:
        io_backend (str): Where the files are, see ``mmengine.FileClient``.
        num_threads (int): Threads of the decoder.
        time_limit (float): Seconds that a request to the decoder may take.
            After that the file counts as broken. The thread that waits for
            the decoder cannot be stopped and stays until the process ends.
        thorough (bool): Whether each process decodes a file completely before
            its first use: several times the cost of a clip, once.
        **kwargs: Arguments of ``mmengine.FileClient``.

    Raises:
        ValueError: If ``time_limit`` is not positive.
    """

    def __init__(self,
                 io_backend: str = 'disk',
                 num_threads: int = 1,
                 time_limit: float = TIME_LIMIT,
                 thorough: bool = False,
                 **kwargs) -> None:
        super().__init__(
            io_backend=io_backend, num_threads=num_threads, **kwargs)
        if time_limit <= 0:
            raise ValueError(
                f'`time_limit` must be positive, got {time_limit}')
        self.file_client: Optional[FileClient] = None
        self.time_limit = time_limit
        self.thorough = thorough

    def _get_video_reader(self, filename: str) -> Any:
        path = filename if osp.splitext(filename)[1] else f'{filename}.mp4'
        client = self.file_client or FileClient(self.io_backend, **self.kwargs)
        self.file_client = client
        try:
            data = client.get(path)
        except FileNotFoundError:
            raise FileNotFoundError(f'there is no file {path!r}') from None
        except IsADirectoryError:
            raise BrokenVideoError('it is a folder, not a file') from None
        return CheckedReader(data, path, self.num_threads, self.time_limit,
                             self.thorough)

    def black(self, results: dict) -> dict:
        """Open a black video instead of the file.

        Args:
            results (dict): Of the pipeline; changed.

        Returns:
            dict: The same, with a reader of black frames of 25 per second.
        """
        frames = np.zeros((_BLACK_FRAMES, *_BLACK_SIZE, 3), dtype=np.uint8)
        reader = self._black_frames(frames).view(DecodedFrames)
        reader.fps = 25.
        results.update(
            video_reader=reader,
            total_frames=len(reader),
            avg_fps=reader.get_avg_fps())
        return results

    def _black_frames(self, frames: np.ndarray) -> np.ndarray:
        return frames
