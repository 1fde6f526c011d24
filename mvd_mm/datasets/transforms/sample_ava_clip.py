"""The frames about a key frame, chosen by time."""
import numpy as np
from mmcv.transforms import BaseTransform

from mvd_mm.registry import TRANSFORMS

__all__ = ['SampleAVAClip']


@TRANSFORMS.register_module()
class SampleAVAClip(BaseTransform):
    """Choose the published clip: 25 frames a second, whatever the source has.

    The frames lie ``frame_interval`` apart in a film of ``fps`` frames a
    second, from ``1 - clip_len * frame_interval / 2`` relative to the frame
    of the timestamp on: -31, -27 ... +29 for 16 frames with an interval of 4.
    They are chosen as moments; the nearest frames of the source show them.
    No randomness: training and testing see the same frames.

    MMAction2's ``SampleAVAFrames`` chooses the same frames from a source of 25
    frames a second when testing. It counts in the frames of the source,
    though, whatever their rate, and moves each one at random in training.

    For videos this step stands before ``DecordInit``, and
    ``mvd_mm.AVAVideoFrames`` behind it. Beyond the beginning and the end the
    first or last frame repeats.

    Required Keys:

    - timestamp, timestamp_start (int): Seconds.
    - fps (int): Extracted frames per second.
    - start_index (int): Number of the first extracted frame.
    - shot_info (tuple[int, int]): First extracted frame and their number.

    Added Keys:

    - clip_moments (np.ndarray): float64, (clip_len, ), seconds on the clock
      of the timestamps.
    - frame_inds (np.ndarray): int64, (clip_len, ), numbers of the nearest
      extracted frames.
    - clip_len, frame_interval, num_clips (int)
    - crop_quadruple (np.ndarray): The whole frame.

    Args:
        clip_len (int): Frames of a clip.
        frame_interval (int): Distance of neighbours, in frames at ``fps``.
        fps (float): Frames per second in which the interval is counted.

    Raises:
        ValueError: If an argument is not positive, or timestamps count
            frames.

    Source: VideoMAE's detection protocol.
    """

    def __init__(self,
                 clip_len: int = 16,
                 frame_interval: int = 4,
                 fps: float = 25.) -> None:
        for name, value in (('clip_len', clip_len),
                            ('frame_interval', frame_interval), ('fps', fps)):
            if value <= 0:
                raise ValueError(f'`{name}` must be positive, got {value}')
        self.clip_len = clip_len
        self.frame_interval = frame_interval
        self.fps = fps

    @property
    def offsets(self) -> np.ndarray:
        """Moments of the frames in seconds, the key frame at 0.

        Returns:
            np.ndarray: float64, shape (clip_len, ).
        """
        first = -self.clip_len * self.frame_interval // 2 + 1
        frames = first + self.frame_interval * np.arange(self.clip_len)
        return frames / self.fps  # (clip_len, )

    def transform(self, results: dict) -> dict:
        """Choose."""
        if results['fps'] == 1:
            raise ValueError(
                '`fps=1` of the data set means that timestamps count frames; '
                f'{self.__class__.__name__} needs seconds. Use '
                'SampleAVAFrames behind DecordInit, without '
                'mvd_mm.AVAVideoFrames')
        moments = results['timestamp'] + self.offsets
        begin, count = results['shot_info']
        inds = np.rint((moments - results['timestamp_start']) * results['fps'])
        results.update(
            clip_moments=moments,
            frame_inds=np.clip(inds, begin, count - 1).astype(np.int64) +
            results['start_index'],
            clip_len=self.clip_len,
            frame_interval=self.frame_interval,
            num_clips=1,
            crop_quadruple=np.array([0, 0, 1, 1], dtype=np.float32))
        return results

    def __repr__(self) -> str:
        return (f'{self.__class__.__name__}(clip_len={self.clip_len}, '
                f'frame_interval={self.frame_interval}, fps={self.fps})')
