"""Decode small videos once and keep their frames."""
from typing import Any, Dict, Optional

import numpy as np

from mvd_mm.registry import TRANSFORMS
from .checked_decord_init import CheckedDecordInit
from .sequential_reader import DecodedFrames
from .two_resolution_resize import resize_frames

__all__ = ['InMemoryDecordInit']


@TRANSFORMS.register_module()
class InMemoryDecordInit(CheckedDecordInit):
    """``CheckedDecordInit`` for short, small videos that are read often.

    Each worker decodes a video on first use and keeps its frames in memory as
    long as there is room, so that nothing is decoded from the second epoch
    on. With ``scale`` the frames are also resized once, for pipelines that
    resize whole frames to a square anyway. This is meant for the rendered
    demonstration sets. The frames of real videos fill the memory quickly: use
    ``CheckedDecordInit`` for them.

    Required Keys:

    - filename

    Added Keys:

    - video_reader
    - total_frames
    - avg_fps

    Args:
        max_bytes (int): Memory for frames, in bytes, per worker; videos beyond
            it are read each time.
        scale (int, optional): Resize whole frames to squares of this many
            pixels, as ``mvd_mm.TwoResolutionResize`` does; None: keep them.
        **kwargs: Arguments of ``CheckedDecordInit``.

    Raises:
        ValueError: If ``scale`` is not positive.
    """

    def __init__(self,
                 max_bytes: int = 1 << 30,
                 scale: Optional[int] = None,
                 **kwargs) -> None:
        super().__init__(**kwargs)
        if scale is not None and scale < 1:
            raise ValueError(f'`scale` must be at least 1, got {scale}')
        self.max_bytes = max_bytes
        self.scale = scale
        self.num_bytes = 0
        self._cache: Dict[str, DecodedFrames] = {}

    def _get_video_reader(self, filename: str) -> Any:
        if filename in self._cache:
            return self._cache[filename]
        reader = super()._get_video_reader(filename)
        height, width, channels = reader[0].shape
        if self.scale is not None:
            height = width = self.scale
        size = len(reader) * height * width * channels
        fits = self.num_bytes + size <= self.max_bytes
        if not fits and self.scale is None:
            return reader
        frames = reader.get_batch(range(len(reader))).asnumpy()
        if self.scale is not None:
            frames = resize_frames(frames, self.scale)
        frames = frames.view(DecodedFrames)
        frames.fps = reader.get_avg_fps()
        if fits:
            self._cache[filename] = frames
            self.num_bytes += size
        return frames

    def _black_frames(self, frames: np.ndarray) -> np.ndarray:
        if self.scale is None:
            return frames
        return np.zeros((len(frames), self.scale, self.scale, 3),
                        dtype=np.uint8)

    def __repr__(self) -> str:
        return (f'{self.__class__.__name__}(max_bytes={self.max_bytes}, '
                f'scale={self.scale}, io_backend={self.io_backend})')
