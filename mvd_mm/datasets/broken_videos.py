"""Videos that cannot be read: replaced, counted, or judged as wrong."""
import json
import logging
import os
import tempfile
import uuid
import weakref
from typing import Any, Dict, Optional

import torch
from mmaction.datasets.transforms import DecordInit
from mmaction.structures import ActionDataSample
from mmengine.dataset import Compose
from mmengine.logging import print_log

from .transforms.checked_decord_init import CheckedDecordInit
from .transforms.video_decoding import (READ_ERRORS, BrokenVideoError,
                                        first_line)

__all__ = [
    'BrokenVideos', 'BrokenVideosMixin', 'UnreadableVideoSample',
    'use_checked_readers'
]


class BrokenVideos:
    """Which videos of a data set failed, known to all workers of a loader.

    Counts are in shared memory, names and reasons in a temporary file:
    workers of any kind and number write to both, and the training process
    reads them.

    Args:
        size (int): Entries of the data set.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.failures = torch.zeros(size, dtype=torch.int32).share_memory_()
        # whether each new one gets a line in the log; a hook that knows all
        # processes takes that over
        self.announce = True
        # not from `random`, whose state belongs to the run
        self._path = os.path.join(tempfile.gettempdir(),
                                  f'mvd_mm_broken_{uuid.uuid4().hex}')
        weakref.finalize(self, _remove, self._path, os.getpid())

    def __deepcopy__(self, memo: dict) -> 'BrokenVideos':
        return BrokenVideos(self.size)

    def add(self, index: int, name: str, reason: str) -> None:
        """Count a failure; note, and log, the first one of each file."""
        self.failures[index] += 1
        if int(self.failures[index]) > 1 or name in self.reasons():
            return
        line = json.dumps([name, reason]) + '\n'
        # a single write: lines of several workers do not mix
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT,
                       0o600)
        try:
            os.write(file, line.encode())
        finally:
            os.close(file)
        if self.announce:
            print_log(
                f'skipped {name}: {reason}',
                logger='current',
                level=logging.WARNING)

    def total(self) -> int:
        """How often a video failed since the beginning."""
        return int(self.failures.sum())

    def reasons(self) -> Dict[str, str]:
        """Why each broken file cannot be read, by its name."""
        try:
            with open(self._path, encoding='utf-8') as file:
                return dict(json.loads(line) for line in file)
        except FileNotFoundError:
            return {}


def _remove(path: str, process: int) -> None:
    if os.getpid() == process and os.path.exists(path):
        os.unlink(path)


class UnreadableVideoSample(ActionDataSample):
    """A sample whose prediction is wrong, whatever a network says.

    The true classes get the score 0, all others the same positive one.
    """

    def set_pred_score(self, value: Any) -> 'UnreadableVideoSample':
        """Store wrong scores of the number of ``value``'s."""
        score = torch.ones_like(torch.as_tensor(value, dtype=torch.float32))
        label = self.gt_label
        wrong = label > 0 if label.numel() > 1 else label.long()
        score[wrong] = 0
        super().set_pred_score(score / score.sum().clamp(min=1))
        return self

    def set_pred_label(self, value: Any) -> 'UnreadableVideoSample':
        """Store a wrong label: the one of the best stored score."""
        if 'pred_score' in self:
            value = self.pred_score.argmax().reshape(1)
        super().set_pred_label(value)
        return self


def use_checked_readers(pipeline: Compose) -> None:
    """Put ``CheckedDecordInit`` in the place of each plain ``DecordInit``."""
    for index, step in enumerate(pipeline.transforms):
        if type(step) is DecordInit:
            pipeline.transforms[index] = CheckedDecordInit(
                io_backend=step.io_backend,
                num_threads=step.num_threads,
                **step.kwargs)


class BrokenVideosMixin:
    """What a data set of MMAction2 does with videos that cannot be read.

    In training another sample is drawn, at most ``max_refetch`` times in a
    row. In testing the error names the file, or, with
    ``count_failures_as_wrong``, a black clip takes its place, whose
    prediction counts as wrong.
    """

    count_failures_as_wrong = False
    _broken_videos: Optional[BrokenVideos] = None

    @property
    def broken_videos(self) -> BrokenVideos:
        """The videos that failed so far; made before workers are."""
        size = len(self)  # type: ignore[arg-type]  # of the data set
        if self._broken_videos is None or self._broken_videos.size != size:
            self._broken_videos = BrokenVideos(size)
        return self._broken_videos

    def load_sample(self, idx: int) -> Any:
        """Run the pipeline; ``prepare_data`` handles what it raises."""
        return super().prepare_data(idx)  # type: ignore[misc]

    def prepare_data(self, idx: int) -> Any:
        """Load one sample; None for a broken one in training.

        Raises:
            BrokenVideoError: In testing, unless it counts as wrong.
        """
        try:
            return self.load_sample(idx)
        # a wrong pipeline raises KeyError or TypeError, which must be seen
        except READ_ERRORS as error:
            info = self.get_data_info(idx)  # type: ignore[attr-defined]
            name = str(info.get('filename') or info.get('frame_dir'))
            reason = first_line(error)
            test_mode = self.test_mode  # type: ignore[attr-defined]
            if test_mode and not self.count_failures_as_wrong:
                raise BrokenVideoError(
                    f'{name}: {reason}. Repair the file, leave it out with '
                    '`skip_list`, or set `count_failures_as_wrong=True` of '
                    'the data set') from error
        self.broken_videos.add(idx, name, reason)
        return self._wrong_sample(info) if test_mode else None

    def _wrong_sample(self, results: Any) -> dict:
        """A black clip in the form of the others, of a wrong prediction."""
        results = self._black_sample(results)
        packed = results['data_samples']
        sample = UnreadableVideoSample(metainfo=packed.metainfo)
        sample.set_data(dict(packed.items()))
        return dict(results, data_samples=sample)

    def _black_sample(self, results: Any) -> dict:
        """What the pipeline makes of a black video."""
        pipeline = self.pipeline  # type: ignore[attr-defined]
        for step in pipeline.transforms:
            if isinstance(step, CheckedDecordInit):
                results = step.black(results)
            else:
                results = step(results)
        return results

    def __getitem__(self, idx: int) -> Any:
        """One sample; in training another one for a broken video.

        Raises:
            BrokenVideoError: If too many fail in a row.
        """
        if self.test_mode:  # type: ignore[attr-defined]
            return super().__getitem__(idx)  # type: ignore[misc]
        tries = self.max_refetch + 1  # type: ignore[attr-defined]
        for _ in range(tries):
            sample = self.prepare_data(idx)
            if sample is not None:
                return sample
            idx = self._rand_another()  # type: ignore[attr-defined]
        reasons = self.broken_videos.reasons()
        listed = '; '.join(f'{name}: {reason}'
                           for name, reason in list(reasons.items())[:20])
        raise BrokenVideoError(
            f'{tries} videos in a row cannot be read (`max_refetch='
            f'{tries - 1}`). So far {len(reasons)} of the list are broken: '
            f'{listed}. Check them with tools/data/check_videos.py')
