"""A list of videos that is checked before the first iteration."""
import logging
from os.path import join
from pathlib import Path
from typing import Any, List, Optional

import numpy as np
from mmaction.datasets import VideoDataset
from mmengine.logging import print_log

from mvd_mm.registry import DATASETS

__all__ = ['CheckedVideoDataset']


def recognise_delimiter(lines: List[str]) -> str:
    """Tell what stands between path and label in a list of videos.

    Args:
        lines (list[str]): E.g. of this project's lists (tab), of those of MVD
            and VideoMAE (blank), of a table (comma).

    Returns:
        str: The delimiter; a blank where none fits every line.
    """
    for delimiter in '\t,':
        parts = [line.strip().rsplit(delimiter, 1) for line in lines]
        if all(
                len(p) == 2 and p[1].strip().lstrip('-').isdigit()
                for p in parts):
            return delimiter
    return ' '


@DATASETS.register_module()
class CheckedVideoDataset(VideoDataset):
    """MMAction2's ``VideoDataset`` that checks its list of videos first.

    In training, a video that cannot be decoded is named in the log and
    replaced by another one. The run stops only after ``max_refetch`` failures
    in a row.

    Args:
        ann_file (str): One video per line: path, delimiter, label.
        max_refetch (int): Videos in a row that may fail.
        delimiter (str): Between path and label; 'auto': a tab, a comma or a
            blank, whichever stands before the label in every line. A path may
            then hold further ones.
        **kwargs: Arguments of ``mmaction.VideoDataset``.

    Raises:
        FileNotFoundError: If the annotation file, or the first video it
            names, does not exist.
        ValueError: If the file is empty, or a line has no label; the message
            names the file and the line.
    """

    def __init__(self, ann_file: str, max_refetch: int = 20, **kwargs) -> None:
        super().__init__(ann_file, max_refetch=max_refetch, **kwargs)

    delimiter: str
    #: compared with the classes of a model; -1: the list is not read yet
    largest_label = -1
    #: delimiters of a line that count, from its end; -1: all
    _from_the_end = -1

    def load_data_list(self) -> List[dict]:
        """Check the annotation file, then load it as the host does."""
        path = Path(self.ann_file)
        if not path.is_file():
            raise FileNotFoundError(
                f'`ann_file` does not exist: {str(path)!r}. Write it with '
                'tools/data/build_annotations.py, or name another one with '
                '--cfg-options train_dataloader.dataset.ann_file=...')
        lines = path.read_text().splitlines()
        if not any(line.strip() for line in lines):
            raise ValueError(
                f'`ann_file` {str(path)!r} is empty: it needs one line per '
                f'video, <path>{self.delimiter!r}<label>')
        if self.delimiter == 'auto':
            self.delimiter, self._from_the_end = recognise_delimiter(lines), 1
        for number, line in enumerate(lines, 1):
            self._check_line(line, f'{path}:{number}')
        if self._from_the_end == 1:
            data_list = self._load_by_last_delimiter(lines)
        else:
            data_list = super().load_data_list()
        self.largest_label = max(
            int(np.max(entry['label'])) for entry in data_list)
        first = data_list[0]['filename']
        if '://' not in first and not Path(first).is_file():
            raise FileNotFoundError(
                f'the first video of `ann_file` {str(path)!r} does not exist: '
                f'{first!r}. Set `data_prefix.video` to the folder that the '
                f"list starts from (now {self.data_prefix['video']!r})")
        return data_list

    def _load_by_last_delimiter(self, lines: List[str]) -> List[dict]:
        """Load a list whose paths may hold the delimiter."""
        folder = self.data_prefix['video'] or ''
        data_list = []
        for line in lines:
            name, label = self._fields(line)
            data_list.append(
                dict(filename=join(folder, name.strip()), label=int(label)))
        return data_list

    def _fields(self, line: str) -> List[str]:
        return line.strip().rsplit(self.delimiter, self._from_the_end)

    def _check_line(self, line: str, place: str) -> None:
        fields = self._fields(line)
        if not line.strip():
            raise ValueError(f'{place} is a blank line: remove it')
        if len(fields) < 2:
            raise ValueError(
                f'{place} has no label: {line!r}. Each line is '
                f'<path>{self.delimiter!r}<label>; for pre-training, where '
                'labels do not matter, write 0')
        if len(fields) > 2 and not self.multi_class:
            raise ValueError(
                f'{place} has {len(fields)} fields: {line!r}. If paths hold '
                'the delimiter, use another one, e.g. '
                "`delimiter='\\t'`")
        if not all(field.strip().lstrip('-').isdigit()
                   for field in fields[1:]):
            raise ValueError(f'{place} has a label that is not a whole '
                             f'number: {line!r}')

    def prepare_data(self, idx: int) -> Optional[dict]:
        """Load one sample; None, and a line in the log, for a broken one.

        In test mode the error is raised: a result over fewer videos than the
        list names would not be that of the data set.
        """
        if self.test_mode:
            return self.load_sample(idx)
        try:
            return self.load_sample(idx)
        # decord raises DECORDError for a damaged file, IndexError for an
        # empty one; a wrong pipeline raises KeyError, which must be seen
        except (RuntimeError, OSError, IndexError) as error:
            name = self.get_data_info(idx)['filename']
            reason = (str(error) or repr(error)).splitlines()[0]
            print_log(
                f'skipped {name}: {reason}',
                logger='current',
                level=logging.WARNING)
            return None

    def load_sample(self, idx: int) -> Any:
        """Run the pipeline; ``prepare_data`` handles what it raises."""
        return super().prepare_data(idx)
