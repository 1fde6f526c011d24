"""AVA-style annotations over extracted frames or over video files."""
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple, Union

import numpy as np
from mmaction.datasets import AVADataset
from mmaction.datasets.base import BaseActionDataset
from mmengine.fileio import load
from mmengine.logging import print_log

from mvd_mm.registry import DATASETS
from .broken_videos import BrokenVideosMixin, use_checked_readers
from .person_boxes import detection_size, read_person_boxes
from .video_files import find_video
from .video_list import read_skip_lists

__all__ = ['AVAClipDataset']


@DATASETS.register_module()
class AVAClipDataset(BrokenVideosMixin, AVADataset):
    """MMAction2's ``AVADataset`` that also reads videos, and checks its files.

    - ``use_frames=False``: ``data_prefix['img']`` holds one video per id, of
      any usual suffix; ``mvd_mm.AVAVideoFrames`` finds the frames in it.
    - Persons below ``person_det_score_thr`` are left out, as published.
      MMAction2 keeps the best one of a frame nevertheless, and puts the whole
      frame, with a score of 1, where a frame has no proposal: false alarms of
      full weight. Here such a frame has no box and yields no detection.
    - Proposals without scores count with a score of 1.
    - The published detector's file, ``ava_val_det_person_bbox.json``, is read
      as ``proposal_file``, see ``read_person_boxes``; any other file is
      MMAction2's pickle. Boxes in the json are in pixels: where it does not
      state the sizes of its frames, those of the videos or of the extracted
      frames are taken, see ``proposal_size``.

    Videos that cannot be read are treated as in
    ``mvd_mm.CheckedVideoDataset``: in training another sample is drawn, in
    testing the error names the file.

    Args:
        ann_file (str): ``ava_{train,val}_v2.2.csv`` or one like it.
        video_start (float, optional): The moment at which each video file
            begins, in seconds on the clock of the timestamps; None:
            ``timestamp_start``, that is, files cut there. Whole films: 0.
        person_det_score_thr (float): Least score of a person.
        proposal_file (str, optional): Person boxes; ends in ``.json`` for
            the published form.
        proposal_size (int or tuple[int, int], optional): Size of the frames
            in whose pixels the boxes of a json are: a short side, the long
            one following from the shape of each video, or width and height.
            None: the videos or frames at hand.
        skip_list (str or sequence[str], optional): Files with videos to leave
            out, one per line: its id, or its path as
            ``tools/data/check_videos.py`` writes it.
        count_failures_as_wrong (bool): In testing, go on without any
            detection where a video cannot be read, instead of stopping: all
            actions there count as missed.
        every_key_frame (bool): In testing, take also the key frames without
            an annotation: those of the annotated videos, from the first to
            the last timestamp in ``ann_file``, that have a person in
            ``proposal_file``. Published; MMAction2 skips them.
        **kwargs: Arguments of ``mmaction.AVADataset``.

    Raises:
        FileNotFoundError: If an annotation file or a video does not exist.
        ValueError: If a line or a person box is not of its form; names file
            and place. If ``every_key_frame`` or ``count_failures_as_wrong`` is
            set in training or without ``proposal_file``, the latter also with
            extracted frames.
    """

    def __init__(self,
                 ann_file: str,
                 video_start: Optional[float] = None,
                 person_det_score_thr: float = 0.8,
                 proposal_file: Optional[str] = None,
                 proposal_size: Union[int, Tuple[int, int], None] = None,
                 every_key_frame: bool = False,
                 skip_list: Union[str, Sequence[str], None] = None,
                 count_failures_as_wrong: bool = False,
                 **kwargs) -> None:
        files = dict(
            exclude_file=kwargs.get('exclude_file'),
            label_file=kwargs.get('label_file'),
            proposal_file=proposal_file)
        for name, path in files.items():
            if path is not None and not Path(path).is_file():
                raise FileNotFoundError(
                    f'`{name}` does not exist: {path!r}. The README of '
                    'tools/data/ava says how to make it')
        if every_key_frame and (proposal_file is None
                                or not kwargs.get('test_mode')):
            raise ValueError(
                '`every_key_frame=True` needs `test_mode=True` and a '
                '`proposal_file`: key frames without an annotation have '
                'nothing to train on, and persons only there')
        if count_failures_as_wrong and (proposal_file is None
                                        or not kwargs.get('test_mode')):
            raise ValueError(
                '`count_failures_as_wrong=True` needs `test_mode=True` and a '
                '`proposal_file`: in training such videos are replaced')
        self.skip_list = skip_list
        self.count_failures_as_wrong = count_failures_as_wrong
        self.video_start = video_start
        self.proposal_size = proposal_size
        self.every_key_frame = every_key_frame
        self._person_file = proposal_file
        self._persons: Optional[Dict[str, np.ndarray]] = None
        # the parent would read the file, which may be a json, itself
        super().__init__(
            ann_file, person_det_score_thr=person_det_score_thr, **kwargs)
        self.proposal_file, self.proposals = proposal_file, self._persons
        use_checked_readers(self.pipeline)
        if count_failures_as_wrong and self.use_frames:
            raise ValueError('`count_failures_as_wrong=True` needs videos '
                             '(`use_frames=False`), not extracted frames')

    def full_init(self) -> None:
        """Load the annotations, before workers are started."""
        super().full_init()
        self.broken_videos  # made here, so that workers share it

    def load_data_list(self) -> List[dict]:
        """Check the annotation file, load it, find the videos."""
        path = Path(self.ann_file)
        if not path.is_file():
            raise FileNotFoundError(
                f'`ann_file` does not exist: {str(path)!r}. The README of '
                'tools/data/ava says how to make it')
        lines = path.read_text().splitlines()
        if not lines:
            raise ValueError(f'`ann_file` {str(path)!r} is empty')
        for number, line in enumerate(lines, 1):
            self._check_line(line, f'{path}:{number}')
        data_list = super().load_data_list()
        if self.skip_list is not None:
            data_list = self._without_skipped(data_list)
        if not self.use_frames:
            length = (self.timestamp_end - self.timestamp_start) * self._FPS
            found: Dict[str, str] = {}
            for info in data_list:
                stem = info['filename']
                if stem not in found:
                    found[stem] = _find_video(stem)
                info.update(
                    filename=found[stem],
                    shot_info=(0, length),
                    video_start=self.video_start)
        if self._person_file is not None:
            self._persons = self._read_persons(data_list)
            if self.every_key_frame:
                data_list += self._key_frames_without_annotation(data_list)
        return data_list

    def _without_skipped(self, data_list: List[dict]) -> List[dict]:
        """Leave out the videos that ``skip_list`` names, with any ending."""
        assert self.skip_list is not None
        skipped = {Path(name).stem for name in read_skip_lists(self.skip_list)}
        kept = [
            i for i in data_list if Path(i['video_id']).name not in skipped
        ]
        if not kept:
            raise ValueError(f'`skip_list` names every video of '
                             f'{self.ann_file}')
        print_log(
            f'{self.ann_file}: {len(data_list) - len(kept)} of '
            f'{len(data_list)} key frames left out as `skip_list` says',
            logger='current')
        return kept

    def _wrong_sample(self, results: dict) -> dict:
        """A black clip in which no person is looked for."""
        results.update(proposals=np.zeros((0, 4)), scores=np.zeros(0))
        return self._black_sample(results)

    def _read_persons(self, data_list: List[dict]) -> Dict[str, np.ndarray]:
        """Persons that are certain enough, (N, 5) by key frame."""
        path = str(self._person_file)
        if path.endswith('.json'):
            first: Dict[str, dict] = {}
            for info in data_list:
                first.setdefault(info['video_id'], info)
            persons = read_person_boxes(
                path, lambda video: self._frame_size(first[video]), first)
        else:
            persons = load(path)
        return {key: self._confident(rows) for key, rows in persons.items()}

    def _frame_size(self, info: dict) -> Tuple[int, int]:
        """Width and height of the frames on which persons were found."""
        media = info['frame_dir'] if self.use_frames else info['filename']
        try:
            return detection_size(Path(media), self.proposal_size)
        except FileNotFoundError as error:
            raise FileNotFoundError(
                f'`proposal_file` {self._person_file!r}: {error}') from None

    def _key_frames_without_annotation(self,
                                       data_list: List[dict]) -> List[dict]:
        videos = {info['video_id']: info for info in data_list}
        known = {info['img_key'] for info in data_list}
        stamps = [info['timestamp'] for info in data_list] or [0]
        first, last = min(stamps), max(stamps)
        labels = (self.num_classes, ) if self.multilabel else ()
        nothing = dict(
            gt_bboxes=np.zeros((0, 4)),
            gt_labels=np.zeros((0, *labels), dtype=np.float32),
            entity_ids=np.zeros(0, dtype=np.int64))
        more = []
        for key, rows in sorted((self._persons or {}).items()):
            video, _, stamp = key.rpartition(',')
            if (len(rows) and key not in known and video in videos
                    and stamp.isdigit() and first <= int(stamp) <= last):
                more.append(
                    dict(
                        videos[video],
                        img_key=key,
                        timestamp=int(stamp),
                        ann=nothing))
        return more

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
                f'`proposal_file` {self._person_file!r} must hold arrays '
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
        if self._persons is not None:
            rows = self._persons.get(info['img_key'], np.zeros((0, 5)))
            info['proposals'], info['scores'] = rows[:, :4], rows[:, 4]
        return info


def _find_video(stem: str) -> str:
    try:
        return str(find_video(Path(stem).parent, Path(stem).name))
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f'{error}: set `data_prefix.img` to the folder of the videos, or '
            'take the line out of `ann_file`') from None
