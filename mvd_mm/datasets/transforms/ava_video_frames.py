"""From moments, or numbers of extracted frames, to frames of a video file."""
from typing import Optional

import numpy as np
from mmcv.transforms import BaseTransform

from mvd_mm.registry import TRANSFORMS

__all__ = ['AVAVideoFrames']


@TRANSFORMS.register_module()
class AVAVideoFrames(BaseTransform):
    """Find in a video the frames that the sampler before it asked for.

    ``mvd_mm.SampleAVAClip`` asks for moments. MMAction2's ``SampleAVAFrames``
    asks for extracted frames by number: frame k, counted from
    ``start_index``, shows the film at ``timestamp_start + (k - start_index) /
    fps`` seconds. In both cases the video's frame nearest to that moment is
    taken. Films of any rate, also of a varying one, thus need neither cutting
    nor re-encoding: the reader's time of each frame decides or, where the
    reader knows none, the mean rate. The first frame of a file counts as its
    second 0. Beyond the ends of the file the first or last frame repeats.

    Stands between ``DecordInit`` and ``DecordDecode``, with the sampler
    **before** ``DecordInit``: after it ``SampleAVAFrames`` would count in the
    file's frames.

    Required Keys:

    - clip_moments, or frame_inds, start_index and fps
    - timestamp_start
    - video_reader, total_frames
    - video_start (optional): The moment at which the file begins, in seconds
      on the clock of the timestamps; default ``timestamp_start``.

    Modified Keys:

    - frame_inds (np.ndarray): int64, from 0.
    """

    def transform(self, results: dict) -> dict:
        """Renumber."""
        start = results['timestamp_start']
        begin = results.get('video_start')
        begin = start if begin is None else begin
        moments = results.get('clip_moments')
        if moments is None:
            moments = (results['frame_inds'] -
                       results['start_index']) / results['fps'] + start
        reader, total = results['video_reader'], results['total_frames']
        inds = _nearest_frames(reader, total, np.asarray(moments) - begin)
        results['frame_inds'] = np.clip(inds, 0, total - 1).astype(np.int64)
        return results

    def __repr__(self) -> str:
        return f'{self.__class__.__name__}()'


def _nearest_frames(reader, total: int, seconds: np.ndarray) -> np.ndarray:
    """Numbers of the frames nearest to moments of the file, (T, )."""
    times = _frame_times(reader, total)
    if times is None:
        return np.rint(seconds * reader.get_avg_fps())
    behind = np.clip(np.searchsorted(times, seconds), 1, total - 1)
    before = behind - 1
    # of two equally near, the earlier: the reader's times are in float32
    later = times[behind] - seconds < seconds - times[before] - 1e-3
    return np.where(later, behind, before)


def _frame_times(reader, total: int) -> Optional[np.ndarray]:
    """Second at which each frame is shown, (total, ); None: not known."""
    if total < 2 or not hasattr(reader, 'get_frame_timestamp'):
        return None  # the second: frames that are kept in memory
    times = reader.get_frame_timestamp(np.arange(total))[:, 0]
    times = times.astype(np.float64) - times[0]
    # containers without times, as avi, give nonsense
    if not 0 < times[-1] < 1e7 or (np.diff(times) < 0).any():
        return None
    return times
