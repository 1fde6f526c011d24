"""A list of videos that is checked before the first iteration."""
import logging
from pathlib import Path
from typing import Any, List, Optional

from mmaction.datasets import VideoDataset
from mmengine.logging import print_log

from mvd_mm.registry import DATASETS

__all__ = ['CheckedVideoDataset']


@DATASETS.register_module()
class CheckedVideoDataset(VideoDataset):
    """MMAction2's ``VideoDataset`` that checks its list of videos first.

    In training, a video that cannot be decoded is named in the log and
    replaced by another one. The run stops only after ``max_refetch`` failures
    in a row.

    Args:
        ann_file (str): One video per line: path, delimiter, label.
        max_refetch (int): Videos in a row that may fail.
        **kwargs: Arguments of ``mmaction.VideoDataset``.

    Raises:
        FileNotFoundError: If the annotation file, or the first video it
            names, does not exist.
        ValueError: If the file is empty, or a line has no label; the message
            names the file and the line.
    """

    def __init__(self, ann_file: str, max_refetch: int = 20, **kwargs) -> None:
        super().__init__(ann_file, max_refetch=max_refetch, **kwargs)

    def load_data_list(self) -> List[dict]:
        """Check the annotation file, then load it as the host does."""
        path = Path(self.ann_file)
        if not path.is_file():
            # the dataset does not know which loader is its own
            loader = ('val_dataloader or test_dataloader'
                      if self.test_mode else 'train_dataloader')
            raise FileNotFoundError(
                f'`ann_file` does not exist: {str(path)!r}. Write it with '
                'tools/data/build_annotations.py, or name another one in the '
                f'dataset of {loader}')
        lines = path.read_text().splitlines()
        if not any(line.strip() for line in lines):
            raise ValueError(
                f'`ann_file` {str(path)!r} is empty: it needs one line per '
                f'video, <path>{self.delimiter!r}<label>')
        for number, line in enumerate(lines, 1):
            self._check_line(line, f'{path}:{number}')
        data_list = super().load_data_list()
        first = data_list[0]['filename']
        if '://' not in first and not Path(first).is_file():
            raise FileNotFoundError(
                f'the first video of `ann_file` {str(path)!r} does not exist: '
                f'{first!r}. Set `data_prefix.video` to the folder that the '
                f"list starts from (now {self.data_prefix['video']!r})")
        return data_list

    def _check_line(self, line: str, place: str) -> None:
        fields = line.strip().split(self.delimiter)
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
        if not all(field.lstrip('-').isdigit() for field in fields[1:]):
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
