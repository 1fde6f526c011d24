"""AVA-style annotations over extracted frames or over video files."""
from pathlib import Path
from typing import List, Optional

import numpy as np
from mmaction.datasets import AVADataset
from mmaction.datasets.base import BaseActionDataset

from mvd_mm.registry import DATASETS
from .video_files import find_video

__all__ = ['AVAClipDataset']


@DATASETS.register_module()
class AVAClipDataset(AVADataset):
    """MMAction2's ``AVADataset`` that also reads videos, and checks its files.

    - ``use_frames=False``: ``data_prefix['img']`` holds one video per id, of
      any usual suffix; ``mvd_mm.AVAVideoFrames`` finds the frames in it.
    - Persons below ``person_det_score_thr`` are left out, as published.
      MMAction2 keeps the best one of a frame nevertheless, and puts the whole
      frame, with a score of 1, where a frame has no proposal: false alarms of
      full weight. Here such a frame has no box and yields no detection.
    - Proposals without scores count with a score of 1.

    Args:
        ann_file (str): ``ava_{train,val}_v2.2.csv`` or one like it.
        video_start (float, optional): The moment at which each video file
            begins, in seconds on the clock of the timestamps; None:
            ``timestamp_start``, that is, files cut there. Whole films: 0.
        person_det_score_thr (float): Least score of a person.
        **kwargs: Arguments of ``mmaction.AVADataset``.

    Raises:
        FileNotFoundError: If an annotation file or a video does not exist.
        ValueError: If a line is not of AVA's form; names file and line.
    """

    def __init__(self,
                 ann_file: str,
                 video_start: Optional[float] = None,
                 person_det_score_thr: float = 0.8,
                 **kwargs) -> None:
        for name in ('exclude_file', 'label_file', 'proposal_file'):
            path = kwargs.get(name)
            if path is not None and not Path(path).is_file():
                raise FileNotFoundError(
                    f'`{name}` does not exist: {path!r}. The README of '
                    'tools/data/ava tells how to make it')
        self.video_start = video_start
        super().__init__(
            ann_file, person_det_score_thr=person_det_score_thr, **kwargs)
        if self.proposals is not None:
            self.proposals = {
                key: self._confident(rows)
                for key, rows in self.proposals.items()
            }

    def load_data_list(self) -> List[dict]:
        """Check the annotation file, load it, find the videos."""
        path = Path(self.ann_file)
        if not path.is_file():
            raise FileNotFoundError(
                f'`ann_file` does not exist: {str(path)!r}. The README of '
                'tools/data/ava tells how to make it')
        lines = path.read_text().splitlines()
        if not lines:
            raise ValueError(f'`ann_file` {str(path)!r} is empty')
        for number, line in enumerate(lines, 1):
            self._check_line(line, f'{path}:{number}')
        data_list = super().load_data_list()
        if not self.use_frames:
            length = (self.timestamp_end - self.timestamp_start) * self._FPS
            found = {}
            for info in data_list:
                stem = info['filename']
                if stem not in found:
                    found[stem] = _find_video(stem)
                info.update(
                    filename=found[stem],
                    shot_info=(0, length),
                    video_start=self.video_start)
        return data_list

    def _check_line(self, line: str, place: str) -> None:
        fields = line.split(',')
        try:
            box = [float(field) for field in fields[2:6]]
            label, _ = int(fields[6]), int(fields[7])
            int(fields[1])
        except (ValueError, IndexError):
            raise ValueError(
                f'{place} is not of the form "video,timestamp,x1,y1,x2,y2,'
                f'label,person": {line!r}') from None
        most = (
            self.num_classes -
            1 if self.custom_classes is None else float('inf'))
        if not 1 <= label <= most:
            raise ValueError(f'{place} has label {label}; `num_classes='
                             f'{self.num_classes}` allows 1 to {most}')
        if not (0 <= box[0] < box[2] <= 1 and 0 <= box[1] < box[3] <= 1):
            raise ValueError(f'{place} has the box {box}: expected 0 <= x1 < '
                             'x2 <= 1 and 0 <= y1 < y2 <= 1')

    def _confident(self, rows: np.ndarray) -> np.ndarray:
        """Rows (N, 5) of persons that are certain enough."""
        rows = np.asarray(rows, dtype=np.float64)
        if rows.ndim != 2 or rows.shape[1] not in (4, 5):
            raise ValueError(
                f'`proposal_file` {self.proposal_file!r} must hold arrays '
                f'(N, 4) or (N, 5), found {rows.shape}')
        if rows.shape[1] == 4:
            rows = np.concatenate([rows, np.ones((len(rows), 1))], axis=1)
        keep = rows[:, 4] >= self.person_det_score_thr
        return rows[keep][:self.num_max_proposals]

    def get_data_info(self, idx: int) -> dict:
        """Annotation of one key frame, boxes in shares of the frame."""
        # not the parent's, which invents boxes where there are none
        info = BaseActionDataset.get_data_info(self, idx)
        info.update(
            filename_tmpl=self.filename_tmpl,
            timestamp_start=self.timestamp_start,
            timestamp_end=self.timestamp_end,
            **info.pop('ann'))
        if self.proposals is not None:
            rows = self.proposals.get(info['img_key'], np.zeros((0, 5)))
            info['proposals'], info['scores'] = rows[:, :4], rows[:, 4]
        return info


def _find_video(stem: str) -> str:
    try:
        return str(find_video(Path(stem).parent, Path(stem).name))
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f'{error}: set `data_prefix.img` to the folder of the videos, or '
            'take the line out of `ann_file`') from None
