"""Clips spread over the whole video, as published for SSv2."""
import numpy as np

from mvd_mm.registry import TRANSFORMS
from ._clip_sampler import ClipSampler

__all__ = ['SegmentSampleFrames']


@TRANSFORMS.register_module()
class SegmentSampleFrames(ClipSampler):
    """One frame from each of ``clip_len`` equal parts of the video.

    Part i of s reaches from frame round(i * d) to frame round((i + 1) * d),
    d = (number of frames - 1) / s, *both included* (neighbours share a
    frame); halves round to the even number. It holds for any length and any
    ``clip_len``; a video of less than ``clip_len`` frames repeats some, in
    training as ``short_videos`` says.

    Training draws one frame from each of ``clip_len`` parts, uniformly. Test
    mode cuts ``num_clips * clip_len`` parts, takes each one's middle (rounded
    down) and deals them out in turn: clip v has the parts v, v + num_clips,
    v + 2 * num_clips ... ``num_clips=1`` therefore gives the one clip of
    the middles of ``clip_len`` parts. (The published validation during
    training draws a clip as training does: leave ``test_mode`` out.)

    Required Keys:

    - total_frames
    - start_index (optional)

    Added Keys:

    - frame_inds (np.ndarray): int32, shape (num_clips * clip_len, )
    - clip_len
    - frame_interval: None, as it varies
    - num_clips: 1 in training

    Source: the fine-tuning loader of `MVD
    <https://github.com/ruiwang2021/mvd>`_; frame numbers compared.

    Args:
        clip_len (int): Frames of a clip.
        num_clips (int): Clips of a video in test mode.
        test_mode (bool): Whether to give the fixed clips.
        short_videos (str): What training shows of a video of less than
            ``clip_len`` frames: 'spread', the parts as of any video (MVD);
            'first', frame 0 alone (VideoMAE); 'pad_front', frame 0 again and
            again, then all frames (AMD).

    Raises:
        ValueError: If a number is below 1, or ``short_videos`` is none of
            these.
    """

    def __init__(self,
                 clip_len: int = 16,
                 num_clips: int = 2,
                 test_mode: bool = False,
                 short_videos: str = 'spread') -> None:
        super().__init__(clip_len, num_clips, test_mode)
        if short_videos not in ('spread', 'first', 'pad_front'):
            raise ValueError("`short_videos` must be 'spread', 'first' or "
                             f"'pad_front', got {short_videos!r}")
        self.short_videos = short_videos

    @staticmethod
    def _bounds(num_frames: int, parts: int) -> np.ndarray:
        """First and last frame of each part, shape (2, parts)."""
        edges = np.round(np.arange(parts + 1) * ((num_frames - 1) / parts))
        return np.stack([edges[:-1], edges[1:]]).astype(np.int64)

    def _train_clip(self, num_frames: int) -> np.ndarray:
        if num_frames < self.clip_len and self.short_videos != 'spread':
            if self.short_videos == 'first':
                return np.zeros(self.clip_len, dtype=np.int64)
            missing = self.clip_len - num_frames
            return np.maximum(np.arange(self.clip_len) - missing, 0)
        first, last = self._bounds(num_frames, self.clip_len)
        return np.random.randint(first, last + 1)  # (T, )

    def _test_clips(self, num_frames: int) -> np.ndarray:
        parts = self.num_clips * self.clip_len
        middles = self._bounds(num_frames, parts).sum(0) // 2
        return middles.reshape(self.clip_len, self.num_clips).T  # (N, T)

    def __repr__(self) -> str:
        return (f'{self.__class__.__name__}(clip_len={self.clip_len}, '
                f'num_clips={self.num_clips}, test_mode={self.test_mode}, '
                f'short_videos={self.short_videos!r})')
