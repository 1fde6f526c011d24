"""Shared by the samplers: checks, and the keys that MMAction2 reads."""
from typing import Optional

import numpy as np
from mmcv.transforms import BaseTransform


class ClipSampler(BaseTransform):
    """Choose frames: one random clip in training, fixed clips in testing.

    Args:
        clip_len (int): Frames of a clip.
        num_clips (int): Clips of a video in test mode.
        test_mode (bool): Whether to give the fixed clips.

    Raises:
        ValueError: If ``clip_len`` or ``num_clips`` is below 1.
    """

    frame_interval: Optional[int] = None

    def __init__(self, clip_len: int, num_clips: int, test_mode: bool) -> None:
        for name, value in dict(
                clip_len=clip_len, num_clips=num_clips).items():
            if value < 1:
                raise ValueError(f'`{name}` must be at least 1, got {value}')
        self.clip_len = clip_len
        self.num_clips = num_clips
        self.test_mode = test_mode

    def transform(self, results: dict) -> dict:
        """Write the keys that ``DecordDecode`` and ``FormatShape`` read."""
        num_frames = results['total_frames']
        if num_frames < 1:
            # the error of a damaged file: in training it is replaced
            raise IndexError('the video has no frames')
        clips = self._test_clips(num_frames) if self.test_mode else (
            self._train_clip(num_frames)[None])  # (N, T)
        results['frame_inds'] = (clips.reshape(-1) +
                                 results.get('start_index', 0)).astype(
                                     np.int32)
        results['clip_len'] = self.clip_len
        results['frame_interval'] = self.frame_interval
        results['num_clips'] = len(clips)
        return results
