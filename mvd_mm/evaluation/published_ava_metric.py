"""AVA's mean average precision by the published rules."""
import tempfile
import warnings
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence

import numpy as np
import torch
from mmaction.evaluation import AVAMetric, ava_eval, results2csv
from mmaction.evaluation.functional.ava_evaluation import metrics, np_box_ops
from mmaction.evaluation.functional.ava_utils import (make_image_key, read_csv,
                                                      read_exclusions,
                                                      read_labelmap)
from mmaction.structures import bbox2result
from mmengine.logging import MMLogger

from mvd_mm.registry import METRICS

__all__ = ['PublishedAVAMetric']

_IOU_THR = 0.5
_DECIMALS = 5
_NONE = -1.  # in place of a score: no detection
# AVA numbers poses from 1, objects from 15 and other persons from 64 on
_GROUPS = dict(
    overall=range(1, 10**9),
    person_movement=range(1, 15),
    object_manipulation=range(15, 64),
    person_interaction=range(64, 10**9))


class _Truth(NamedTuple):
    """Annotated boxes of one key frame, and the class of each."""

    boxes: np.ndarray  # (G, 4): y1, x1, y2, x2
    labels: np.ndarray  # (G, )


@METRICS.register_module()
class PublishedAVAMetric(AVAMetric):
    r"""Mean AP at an IoU of 0.5, as the evaluator of the AVA challenge has it.

    MMAction2's ``AVAMetric`` follows the same evaluator but is milder:

    ======================================  =================  ==============
    \                                       published          MMAction2
    ======================================  =================  ==============
    class with annotations, none detected   AP 0, in the mean  not in the mean
    detection on a key frame without        false alarm        ignored
    annotation of the scored classes
    scores of at most 0.002                 counted            dropped
    decimals of scores                      5                  4
    annotations at excluded timestamps      do not count       lower the recall
    ======================================  =================  ==============

    The rules: only the classes of ``label_file`` count, and no key frame of
    ``exclude_file``. On each key frame and for each class, detections are
    taken by falling score; a detection is right if the annotated box that it
    overlaps most has an IoU of 0.5 or more and was not found before;
    everything else is a false alarm. AP is the area under the curve of
    precision over recall, precision being made non-increasing first. The mean
    goes over the classes that have an annotation. Detected boxes without area
    are left out, and scores that are not above 0. Scores and boxes are rounded
    to 5 decimals.

    Equal scores: the evaluator sorts upwards and reverses, first the
    detections of a key frame, then all of them. On a key frame the last one
    is therefore matched first. In the curve, the last key frame comes first,
    and within it the detections are back in their own order. (NumPy's default
    sorting keeps the order of equal numbers only in small arrays, and not on
    every processor; this one always keeps it.)

    Reported under ``mAP/``: ``overall`` and, where a class of the group is
    annotated, ``person_movement`` (classes 1 to 14), ``object_manipulation``
    (15 to 63) and ``person_interaction`` (from 64 on); the same from
    MMAction2's evaluation with ``mmaction2_`` before the name. The APs of the
    classes go to the log.

    Source: ``get_ava_performance.py`` of ActivityNet; precision, recall, IoU
    and the readers are MMAction2's.

    Args:
        ann_file (str): ``ava_val_v2.2.csv`` or one like it.
        exclude_file (str, optional): Timestamps that do not count; None:
            all count.
        label_file (str): The scored classes; AVA: the 60 of
            ``ava_action_list_v2.2_for_activitynet_2019.pbtxt``.
        num_classes (int): Columns of the scores: classes + 1.
        custom_classes (list[int], optional): Numbers of the classes in the
            columns from 1 on; None: 1, 2, 3...
        with_mmaction2 (bool): Also report MMAction2's figures.
        collect_device (str): ``'cpu'`` or ``'gpu'``.
        prefix (str, optional): Other than ``'mAP'``.

    Raises:
        FileNotFoundError: If a file does not exist.
        ValueError: If the label list names a class without a column.
    """

    def __init__(self,
                 ann_file: str,
                 exclude_file: Optional[str],
                 label_file: str,
                 num_classes: int = 81,
                 custom_classes: Optional[List[int]] = None,
                 with_mmaction2: bool = True,
                 collect_device: str = 'cpu',
                 prefix: Optional[str] = None) -> None:
        files = dict(
            ann_file=ann_file,
            label_file=label_file,
            exclude_file=exclude_file)
        for name, path in files.items():
            if path is not None and not Path(path).is_file():
                raise FileNotFoundError(
                    f'`{name}` does not exist: {path!r}. The README of '
                    'tools/data/ava says how to make it')
        super().__init__(
            ann_file=ann_file,
            exclude_file=exclude_file,
            label_file=label_file,
            num_classes=num_classes,
            custom_classes=custom_classes,
            collect_device=collect_device,
            prefix=prefix)
        self.with_mmaction2 = with_mmaction2
        # class of each column of the scores but the first
        columns = custom_classes or list(range(1, num_classes))
        self._columns = {label: i for i, label in enumerate(columns, 1)}
        with open(label_file, encoding='utf-8') as file:
            names, _ = read_labelmap(file)
        self._names = {
            entry['id']: entry['name']
            for entry in names
            if custom_classes is None or entry['id'] in columns
        }
        missing = (
            set(columns) -
            set(self._names) if custom_classes else set(self._names) -
            set(columns))
        if missing or not self._names:
            raise ValueError(
                f'`label_file` {label_file!r} lists the classes '
                f'{sorted(self._names)}, and {sorted(missing)} do not fit '
                f'`num_classes={num_classes}` (columns for 1 to '
                f'{num_classes - 1}) and `custom_classes={custom_classes}`')

    def process(self, data_batch: Any, data_samples: Sequence[dict]) -> None:
        """Keep boxes and scores of each key frame.

        Args:
            data_batch (Any): Not used.
            data_samples (Sequence[dict]): With ``video_id``, ``timestamp`` and
                ``pred_instances``: ``bboxes`` (N, 4) in shares of the frame
                and ``scores`` (N, num_classes).

        Raises:
            ValueError: If the scores have another number of columns.
        """
        for sample in data_samples:
            found = sample['pred_instances']
            boxes, scores = (
                torch.as_tensor(found[key]).detach().float().cpu()
                for key in ('bboxes', 'scores'))
            if len(scores) and scores.shape[1] != self.num_classes:
                raise ValueError(
                    f'`num_classes` is {self.num_classes}, the scores have '
                    f'{scores.shape[1]} columns: both count the classes + 1')
            self.results.append(
                dict(
                    video_id=sample['video_id'],
                    timestamp=sample['timestamp'],
                    boxes=boxes.reshape(-1, 4).numpy(),
                    scores=scores.reshape(-1, self.num_classes).numpy()))

    def compute_metrics(self, results: List[dict]) -> Dict[str, float]:
        """Evaluate all key frames; shares of 1.

        Args:
            results (list[dict]): Kept by ``process``.

        Returns:
            dict[str, float]: See above; NaN where nothing is annotated.
        """
        precisions = self._precisions(results)
        logger = MMLogger.get_current_instance()
        for label, value in precisions.items():
            logger.info(f'Index: {label}, Action: {self._names[label]}: '
                        f'AP: {value:.4f};')
        report = {}
        for name, labels in _GROUPS.items():
            values = [v for label, v in precisions.items() if label in labels]
            if values or name == 'overall':
                report[name] = float(np.mean(values)) if values else np.nan
        if self.with_mmaction2 and precisions:
            logger.info("MMAction2's evaluation of the same detections:")
            theirs = self._evaluate_as_mmaction2(results)
            report.update({
                f'mmaction2_{name}': theirs[name]
                for name in _GROUPS if name in report
            })
        return report

    def _precisions(self, results: List[dict]) -> Dict[int, float]:
        """Average precision by class, of all classes with annotations."""
        excluded = set()
        if self.exclude_file is not None:
            excluded = read_exclusions(_lines(self.exclude_file))
        boxes, labels, _ = read_csv(_lines(self.ann_file), set(self._names))
        truth = {
            key: _Truth(np.array(boxes[key]), np.array(labels[key]))
            for key in boxes if key not in excluded
        }
        counts: Dict[int, int] = {}
        for frame in truth.values():
            for label in frame.labels.tolist():
                counts[label] = counts.get(label, 0) + 1

        scores = [np.zeros((0, self.num_classes))]
        hits = [np.zeros((0, self.num_classes), dtype=bool)]
        frames = [np.zeros(0, dtype=np.int64)]
        for number, result in enumerate(results):
            key = make_image_key(result['video_id'], result['timestamp'])
            if key in excluded:
                continue
            found = result['boxes'].astype(np.float64).round(_DECIMALS)
            solid = (found[:, 2:] > found[:, :2]).all(1)
            raw = result['scores'][solid].astype(np.float64)
            # what rounds to 0 is a detection still
            scores.append(np.where(raw > 0, raw.round(_DECIMALS), _NONE))
            hits.append(self._match(found[solid], scores[-1], truth.get(key)))
            frames.append(np.full(len(raw), number))
        all_scores, all_hits = np.concatenate(scores), np.concatenate(hits)
        all_frames = np.concatenate(frames)

        precisions = {}
        for label in sorted(counts):
            column = self._columns[label]
            order = np.lexsort((-all_frames, -all_scores[:, column]))
            order = order[all_scores[order, column] != _NONE]
            # ranks for scores: the host's sorting does not keep the order of
            # equal scores
            curve = metrics.compute_precision_recall(
                -np.arange(len(order), dtype=np.float64),
                all_hits[order, column], counts[label])
            precisions[label] = float(
                metrics.compute_average_precision(*curve))
        return precisions

    def _match(self, boxes: np.ndarray, scores: np.ndarray,
               truth: Optional[_Truth]) -> np.ndarray:
        """Which detections of a key frame are right, (N, num_classes)."""
        hits = np.zeros(scores.shape, dtype=bool)
        if truth is None or not len(boxes):
            return hits
        overlaps = np_box_ops.iou(boxes[:, [1, 0, 3, 2]], truth.boxes)  # N, G
        for label in np.unique(truth.labels).tolist():
            column = self._columns[label]
            ious = overlaps[:, truth.labels == label]
            taken = set()
            order = np.argsort(scores[:, column], kind='stable')[::-1]
            for row in order[scores[order, column] != _NONE]:
                best = ious[row].argmax()
                if ious[row, best] >= _IOU_THR and best not in taken:
                    taken.add(best)
                    hits[row, column] = True
        return hits

    def _evaluate_as_mmaction2(self, results: List[dict]) -> Dict[str, float]:
        """The figures of ``AVAMetric``, from the same detections."""
        detections = [
            dict(
                video_id=result['video_id'],
                timestamp=result['timestamp'],
                outputs=bbox2result(
                    torch.from_numpy(result['boxes']),
                    torch.from_numpy(result['scores']),
                    num_classes=self.num_classes,
                    thr=self.action_thr)) for result in results
        ]
        with tempfile.TemporaryDirectory() as folder:
            # unlike the parent's, not in the folder where the command runs
            path = str(Path(folder) / 'detections.csv')
            results2csv(detections, path, self.custom_classes)
            with warnings.catch_warnings():
                # it takes means over groups that have no class
                warnings.simplefilter('ignore', RuntimeWarning)
                return ava_eval(
                    path,
                    self.options[0],
                    self.label_file,
                    self.ann_file,
                    self.exclude_file,
                    verbose=False,
                    custom_classes=self.custom_classes)


def _lines(path: str) -> Iterator[str]:
    """Lines of a file that are not empty."""
    with open(path, encoding='utf-8') as file:
        yield from (line for line in file if line.strip())
