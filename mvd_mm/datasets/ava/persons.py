"""Persons on key frames, found by a detector of MMDetection."""
from pathlib import Path
from typing import Callable, Dict, Optional, Set, Tuple

import numpy as np

from mvd_mm.utils.progress import Progress
from ..video_files import find_video, frames_at, probe
from .formats import (frame_number, img_key, read_meta, read_rows,
                      write_proposals)
from .options import files_of

__all__ = ['PersonDetector', 'detect_persons', 'replace_proposals']


class PersonDetector:
    """Finds persons with any detector of MMDetection.

    Args:
        config (Path): Of the detector.
        checkpoint (Path): Its weights.
        score_thr (float): Least score of a box that is kept, in [0, 1). Keep
            it low: a data set has a threshold of its own.
        category (int): Number of the class of persons; 0 for COCO.
        device (str): E.g. ``'cpu'`` or ``'cuda:0'``.

    Raises:
        FileNotFoundError: If a file does not exist.
        ImportError: Without mmdet, or without mmcv's compiled operators.
        ValueError: If ``score_thr`` is outside of [0, 1).
    """

    def __init__(self,
                 config: Path,
                 checkpoint: Path,
                 score_thr: float = 0.05,
                 category: int = 0,
                 device: str = 'cpu') -> None:
        if not 0 <= score_thr < 1:
            raise ValueError(f'`score_thr` must be in [0, 1), got {score_thr}')
        for name, path in dict(config=config, checkpoint=checkpoint).items():
            if not Path(path).is_file():
                raise FileNotFoundError(
                    f'`detector_{name}`: there is no file {path}; configs of '
                    'detectors come with MMDetection, weights are listed in '
                    'its model zoo')
        try:
            # optional: only this class needs mmdet
            from mmdet.apis import inference_detector, init_detector
        except ImportError as error:
            raise ImportError(
                'finding persons needs mmdet 3.3 and mmcv 2.1 with its '
                'compiled operators (not mmcv-lite): bash tools/setup_env.sh '
                f'installs both [{error}]') from error
        self.model = init_detector(
            str(config), str(checkpoint), palette='random', device=device)
        self._inference = inference_detector
        self.score_thr, self.category = score_thr, category

    def __call__(self, frame: np.ndarray) -> np.ndarray:
        """Find the persons of one frame.

        Args:
            frame (np.ndarray): BGR, shape (H, W, 3), uint8.

        Returns:
            np.ndarray: x1, y1, x2, y2 as shares of the frame and score,
            shape (N, 5), float32, the best first.
        """
        found = self._inference(self.model, frame).pred_instances
        found = found.cpu().numpy()
        keep = (found.labels == self.category) & (
            found.scores >= self.score_thr)
        height, width = frame.shape[:2]
        boxes = found.bboxes[keep] / (width, height, width, height)
        boxes = np.clip(boxes, 0, 1)  # (N, 4)
        persons = np.concatenate([boxes, found.scores[keep][:, None]], axis=1)
        solid = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
        order = np.argsort(-persons[solid, 4], kind='stable')
        return persons[solid][order].astype(np.float32)


def detect_persons(
        folder: Path, split: str,
        detector: Callable[[np.ndarray], np.ndarray]) -> Dict[str, np.ndarray]:
    """Find the persons on each key frame of a part of a set.

    Args:
        folder (Path): Of the set; with a meta.json.
        split (str): ``'train'`` or ``'val'``.
        detector (callable): Takes a frame, BGR, (H, W, 3) uint8; returns x1,
            y1, x2, y2 as shares of the frame and score, shape (N, 5).

    Returns:
        dict[str, np.ndarray]: Boxes (N, 5) by key frame; key frames without a
        person are left out.

    Raises:
        FileNotFoundError: If there is no meta.json or a video is missing.
        ValueError: If the set is of extracted frames, or a video too short.
    """
    meta = read_meta(folder)
    if meta.get('use_frames'):
        raise ValueError(f'`set` {folder} consists of extracted frames; '
                         'prepare it with videos')
    stamps: Dict[str, Set[int]] = {}
    for row in read_rows(files_of(folder, meta, split)['ann_file']):
        stamps.setdefault(row.video, set()).add(row.timestamp)
    proposals: Dict[str, np.ndarray] = {}
    progress = Progress(len(stamps), 'videos')
    for video, unsorted in stamps.items():
        path = find_video(Path(meta['videos']), video)
        rate, _, _ = probe(path)
        times = sorted(unsorted)
        frames = frames_at(path, [frame_number(meta, t, rate) for t in times])
        for stamp, frame in zip(times, frames):
            boxes = np.asarray(detector(frame))
            if len(boxes):
                proposals[img_key(video, stamp)] = boxes
        progress.step()
    return proposals


def replace_proposals(folder: Path,
                      split: str,
                      detector_config: Path,
                      detector_checkpoint: Path,
                      score_thr: float = 0.05,
                      category: int = 0,
                      device: str = 'cpu',
                      out: Optional[Path] = None) -> Tuple[int, int, Path]:
    """Write the persons that a detector finds as a part's proposals.

    Args:
        folder (Path): Of the set; with a meta.json.
        split (str): ``'train'`` or ``'val'``.
        detector_config (Path): See :class:`PersonDetector`.
        detector_checkpoint (Path): See :class:`PersonDetector`.
        score_thr (float): See :class:`PersonDetector`.
        category (int): See :class:`PersonDetector`.
        device (str): See :class:`PersonDetector`.
        out (Path, optional): File to write; None: the proposal file of the
            set.

    Returns:
        tuple[int, int, Path]: Number of boxes, of key frames with any, and
        the file.

    Raises:
        FileNotFoundError, ImportError, ValueError: See
            :class:`PersonDetector` and :func:`detect_persons`. ValueError
            also if ``out``, or what it is by default, is not a pickle.
    """
    detector = PersonDetector(detector_config, detector_checkpoint, score_thr,
                              category, device)
    if out is None:
        files = files_of(folder, read_meta(folder), split)
        out = files.get('proposal_file')
    if out is None or out.suffix == '.json':
        raise ValueError(
            f'`out` is {out} for {split} of {folder}, and boxes are written '
            'as a pickle: set `out` to a file ending in .pkl, and '
            '`proposal_file` of the data set to the same')
    found = detect_persons(folder, split, detector)
    write_proposals(out, found)
    return sum(map(len, found.values())), len(found), out
