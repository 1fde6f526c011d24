"""The clip of pre-training: every n-th frame from a random one."""
import numpy as np

from mvd_mm.registry import TRANSFORMS
from ._clip_sampler import ClipSampler

__all__ = ['PretrainSampleFrames']


@TRANSFORMS.register_module()
class PretrainSampleFrames(ClipSampler):
    """One clip with exact steps, as published for pre-training.

    A clip starts at a uniform draw from [0, number of frames - window], with
    a window of ``clip_len * frame_interval`` frames, and takes every
    ``frame_interval``-th frame. A video shorter than the window starts at
    frame 0 and repeats the last frame it reaches.

    The published loader steps on only while frames remain *beyond* the next
    one. A short video of ``k * frame_interval + 1`` frames therefore never
    shows its last frame: 5 frames at a step of 4 give frame 0 sixteen times.
    MMAction2's ``SampleFrames`` with ``out_of_bound_opt='repeat_last'`` shows
    frame 4 there; it is the same in every other case.

    Required Keys:

    - total_frames
    - start_index (optional)

    Added Keys:

    - frame_inds (np.ndarray): int32, shape (clip_len, )
    - clip_len
    - frame_interval
    - num_clips: 1

    Source: the pre-training loader of `MVD
    <https://github.com/ruiwang2021/mvd>`_ and of `VideoMAE
    <https://github.com/MCG-NJU/VideoMAE>`_; frame numbers compared.

    Args:
        clip_len (int): Frames of a clip.
        frame_interval (int): Frames from one of a clip to the next.

    Raises:
        ValueError: If a number is below 1.
    """

    frame_interval: int

    def __init__(self, clip_len: int = 16, frame_interval: int = 4) -> None:
        super().__init__(clip_len, num_clips=1, test_mode=False)
        if frame_interval < 1:
            raise ValueError(
                f'`frame_interval` must be at least 1, got {frame_interval}')
        self.frame_interval = frame_interval

    def _train_clip(self, num_frames: int) -> np.ndarray:
        step = self.frame_interval
        clip = np.arange(self.clip_len) * step  # (T, )
        room = num_frames - self.clip_len * step
        if room >= 0:
            return clip + np.random.randint(room + 1)
        # the last step that leaves a frame behind it
        last = max(num_frames - 2, 0) // step * step
        return np.minimum(clip, last)

    def __repr__(self) -> str:
        return (f'{self.__class__.__name__}(clip_len={self.clip_len}, '
                f'frame_interval={self.frame_interval})')
