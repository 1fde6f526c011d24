"""From the numbers of extracted frames to frames in a video file."""
import numpy as np
from mmcv.transforms import BaseTransform

from mvd_mm.registry import TRANSFORMS

__all__ = ['AVAVideoFrames']


@TRANSFORMS.register_module()
class AVAVideoFrames(BaseTransform):
    """Find in a video the frames that ``SampleAVAFrames`` asked for by number.

    MMAction2's frame k, counted from ``start_index``, shows the film at
    ``timestamp_start + (k - start_index) / fps`` seconds. The video's frame
    nearest to that moment is taken: at the data set's rate, in a file cut at
    ``timestamp_start``, that is frame k itself, and a whole film at another
    rate (23.976, 25, 29.97 frames per second) needs neither cutting nor
    re-encoding. Beyond the ends of the file the first or last frame repeats.

    Stands between ``DecordInit`` and ``DecordDecode``, with
    ``SampleAVAFrames`` **before** ``DecordInit``: after it the sampler would
    count in the file's frames.

    Required Keys:

    - frame_inds, start_index, fps, timestamp_start
    - video_reader, total_frames
    - video_start (optional): The moment at which the file begins, in seconds
      on the clock of the timestamps; default ``timestamp_start``.

    Modified Keys:

    - frame_inds (np.ndarray): int64, from 0.
    """

    def transform(self, results: dict) -> dict:
        """Renumber."""
        fps, start = results['fps'], results['timestamp_start']
        begin = results.get('video_start')
        begin = start if begin is None else begin
        seconds = (results['frame_inds'] -
                   results['start_index']) / fps + start - begin
        inds = np.rint(seconds * results['video_reader'].get_avg_fps())
        results['frame_inds'] = np.clip(inds, 0, results['total_frames'] -
                                        1).astype(np.int64)
        return results

    def __repr__(self) -> str:
        return f'{self.__class__.__name__}()'
