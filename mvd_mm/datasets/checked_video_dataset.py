"""A list of videos that is checked before the first iteration."""
import pickle
from pathlib import Path
from typing import Optional, Sequence, Tuple, Union

import numpy as np
from mmaction.datasets import VideoDataset

from mvd_mm.registry import DATASETS
from .broken_videos import BrokenVideosMixin, use_checked_readers
from .class_names import class_names_beside
from .transforms.checked_decord_init import CheckedDecordInit
from .video_list import (VideoList, find_delimiter, read_skip_lists,
                         read_video_list)

__all__ = ['CheckedVideoDataset']

_LOOKED_FOR = 20  # videos of which one must exist


@DATASETS.register_module()
class CheckedVideoDataset(BrokenVideosMixin, VideoDataset):
    """MMAction2's ``VideoDataset`` that checks its list, and survives files.

    Every line of the list is checked at the start, also for validation and
    testing. A million lines take a few seconds; workers share one copy.

    A plain ``DecordInit`` in ``pipeline`` becomes ``mvd_mm.CheckedDecordInit``
    with the same arguments: the same frames, but files that decord reads
    wrongly are read exactly, and damaged files are recognised.

    In training, a video that cannot be read is replaced by another one; name
    and reason are logged once. ``mvd_mm.BrokenVideosHook`` counts them over
    all workers and processes, and stops the run above a share. In testing the
    error names the file.

    ``classes.txt`` beside the list, one name a line, names the classes: it
    becomes ``metainfo['classes']``, which checkpoints keep.

    Args:
        ann_file (str): One video per line: path, delimiter, label.
        max_refetch (int): Videos in a row that may fail in training.
        delimiter (str, optional): Between path and label; None: tab, blank or
            comma, whichever fits the first lines; 'auto': the same, but only
            the last one of a line counts, so that paths may hold it.
            ``'\\t'`` may be written as a backslash and a t, which is what a
            shell passes on.
        skip_list (str or sequence[str], optional): Files with videos to leave
            out, one path per line, as ``tools/data/check_videos.py`` writes.
        count_failures_as_wrong (bool): In testing, count a video that cannot
            be read as wrongly classified instead of stopping.
        **kwargs: Arguments of ``mmaction.VideoDataset``. With ``num_classes``
            labels are checked against it.

    Raises:
        FileNotFoundError: If the annotation file, a skip list, or all of the
            first videos do not exist.
        ValueError: If the list holds no video, or a line is not of this form;
            names the file and the line. If ``count_failures_as_wrong`` is set
            in training, or with a pipeline that does not begin with
            ``DecordInit``.
    """

    def __init__(self,
                 ann_file: str,
                 max_refetch: int = 20,
                 delimiter: Optional[str] = None,
                 skip_list: Union[str, Sequence[str], None] = None,
                 count_failures_as_wrong: bool = False,
                 **kwargs) -> None:
        self._find_delimiter = delimiter in (None, 'auto')
        self._before_label = delimiter == 'auto'
        self.skip_list = skip_list
        self.count_failures_as_wrong = count_failures_as_wrong
        super().__init__(
            ann_file,
            max_refetch=max_refetch,
            delimiter=_unescaped(delimiter),
            **kwargs)
        use_checked_readers(self.pipeline)
        if count_failures_as_wrong:
            if not self.test_mode:
                raise ValueError(
                    '`count_failures_as_wrong=True` needs `test_mode=True`: '
                    'in training such videos are replaced')
            if not any(
                    isinstance(step, CheckedDecordInit)
                    for step in self.pipeline.transforms):
                raise ValueError(
                    '`count_failures_as_wrong=True` needs a `pipeline` with '
                    'DecordInit: a black video is opened there')

    def load_data_list(self) -> VideoList:
        """Read and check the annotation file."""
        path = Path(self.ann_file)
        if not path.is_file():
            # the dataset does not know which loader is its own
            loader = ('val_dataloader or test_dataloader'
                      if self.test_mode else 'train_dataloader')
            raise FileNotFoundError(
                f'`ann_file` does not exist: {str(path)!r}. Write it with '
                'tools/data/build_annotations.py, or name another one in the '
                f'dataset of {loader}')
        if self._find_delimiter:
            self.delimiter = find_delimiter(path, self._before_label)
        if self.multi_class and self.num_classes is None:
            raise ValueError('`multi_class=True` needs `num_classes`')
        videos = read_video_list(
            path, self.delimiter, self.data_prefix['video'], self.multi_class,
            self.num_classes, None if self.skip_list is None else
            read_skip_lists(self.skip_list), self._before_label)
        self.max_label = videos.max_label()
        classes = class_names_beside(path)
        if classes is not None:
            # MMEngine keeps it in checkpoints, so that predictions have names
            self._metainfo.setdefault('classes', classes)
        names = [info['filename'] for info in videos[:_LOOKED_FOR]]
        if not any('://' in name or _exists(name) for name in names):
            first = names[0][:200]
            raise FileNotFoundError(
                f'the first video of `ann_file` {str(path)!r} does not exist: '
                f'{first!r}, nor does any of the first {len(names)}. Set '
                '`data_prefix.video` to the folder that the list starts from '
                f"(now {self.data_prefix['video']!r})")
        return videos

    def full_init(self) -> None:
        """Load the list; workers that are started later share its memory."""
        super().full_init()
        self.broken_videos  # made here, so that workers share it as well

    def _serialize_data(self) -> Tuple[np.ndarray, np.ndarray]:
        """As the host, without a second copy of the list."""
        buffer = bytearray()
        ends = np.zeros(len(self.data_list), dtype=np.int64)
        for index, info in enumerate(self.data_list):
            buffer += pickle.dumps(info, protocol=4)
            ends[index] = len(buffer)
        self.data_list.clear()
        return np.frombuffer(buffer, dtype=np.uint8), ends


def _exists(name: str) -> bool:
    try:
        return Path(name).exists()
    except (OSError, ValueError):  # too long, or with a zero byte
        return False


def _unescaped(delimiter: Optional[str]) -> str:
    if delimiter is None:
        return ' '
    delimiter = delimiter.replace('\\t', '\t')
    if not delimiter:
        raise ValueError("`delimiter` must not be empty; leave it out to have "
                         'it recognised')
    return delimiter
