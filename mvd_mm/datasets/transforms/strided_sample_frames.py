"""Clips of every n-th frame, as published for Kinetics, UCF101, HMDB51."""
import numpy as np

from mvd_mm.registry import TRANSFORMS
from ._clip_sampler import ClipSampler

__all__ = ['StridedSampleFrames']


@TRANSFORMS.register_module()
class StridedSampleFrames(ClipSampler):
    """Dense clips with a stride, of training and of multi-view testing.

    Training gives one clip, "I3D dense": its window of ``clip_len *
    frame_interval`` frames ends at a uniform draw from
    [window, number of frames), and its frames lie evenly from the window's
    first to its last, *both included*: 4.27 frames apart where
    ``frame_interval`` is 4. (The last frame of a video is thus never drawn
    from a longer one: the published recipe.) A video no longer than the
    window gives ``number of frames // frame_interval`` frames spread over it,
    then its last frame again and again.

    Test mode takes every ``frame_interval``-th frame of the whole video, n of
    them, and cuts windows of ``clip_len`` at floor(i * (n - clip_len) /
    (num_clips - 1)). A video of fewer repeats the last index.
    With ``num_clips=1`` it gives the one window in the middle, at
    floor((n - clip_len) / 2). (The published validation during training draws
    a clip as training does: leave ``test_mode`` out.)

    MMAction2's ``SampleFrames`` differs in training (frames exactly
    ``frame_interval`` apart) and in testing (windows placed before the
    stride is taken, rounded offsets).

    Required Keys:

    - total_frames
    - start_index (optional)

    Added Keys:

    - frame_inds (np.ndarray): int32, shape (num_clips * clip_len, )
    - clip_len
    - frame_interval
    - num_clips: 1 in training

    Source: the fine-tuning loader of `MVD
    <https://github.com/ruiwang2021/mvd>`_; frame numbers compared.

    Args:
        clip_len (int): Frames of a clip.
        frame_interval (int): Frames from one of a clip to the next.
        num_clips (int): Clips of a video in test mode.
        test_mode (bool): Whether to give the fixed clips.

    Raises:
        ValueError: If a number is below 1.
    """

    frame_interval: int

    def __init__(self,
                 clip_len: int = 16,
                 frame_interval: int = 4,
                 num_clips: int = 5,
                 test_mode: bool = False) -> None:
        super().__init__(clip_len, num_clips, test_mode)
        if frame_interval < 1:
            raise ValueError(
                f'`frame_interval` must be at least 1, got {frame_interval}')
        self.frame_interval = frame_interval

    def _train_clip(self, num_frames: int) -> np.ndarray:
        window = self.clip_len * self.frame_interval
        if num_frames > window:
            end = np.random.randint(window, num_frames)
            clip = np.linspace(end - window, end, self.clip_len)
        else:
            end = num_frames
            clip = np.full(self.clip_len, end)
            fitting = num_frames // self.frame_interval
            clip[:fitting] = np.linspace(0, end, fitting)
        return np.minimum(clip, end - 1).astype(np.int64)  # (T, )

    def _test_clips(self, num_frames: int) -> np.ndarray:
        frames: np.ndarray = np.arange(0, num_frames, self.frame_interval)
        missing = max(self.clip_len - len(frames), 0)
        frames = np.pad(frames, (0, missing), mode='edge')
        room = len(frames) - self.clip_len
        if self.num_clips == 1:
            starts = np.array([room // 2])
        else:
            starts = np.arange(self.num_clips) * room // (self.num_clips - 1)
        return frames[starts[:, None] + np.arange(self.clip_len)]  # (N, T)

    def __repr__(self) -> str:
        return (f'{self.__class__.__name__}(clip_len={self.clip_len}, '
                f'frame_interval={self.frame_interval}, '
                f'num_clips={self.num_clips}, test_mode={self.test_mode})')
