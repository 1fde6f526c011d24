"""Annotation files ``<path><delimiter><label>``: read, checked, kept small."""
import logging
from array import array
from os.path import join
from pathlib import Path
from typing import Dict, Iterator, List, Optional, Sequence, Set, Tuple, Union

import numpy as np
from mmengine.logging import print_log

__all__ = ['VideoList', 'find_delimiter', 'read_skip_lists', 'read_video_list']

_DELIMITERS = ('\t', ' ', ',')
_SAMPLE = 100  # lines from which the delimiter is recognised


class VideoList(Sequence):
    """Paths and labels in a few blocks of memory; items are made on demand.

    A million lines take about 80 MB, as dictionaries they would take 400.

    Args:
        prefix (str, optional): Folder in front of each path.
        multi_class (bool): Whether a label is a list.
    """

    def __init__(self, prefix: Optional[str], multi_class: bool) -> None:
        self.prefix = prefix
        self.multi_class = multi_class
        self._names = bytearray()
        self._ends = array('q')
        self._labels = array('q')
        self._label_ends = array('q')

    def append(self, name: str, labels: List[int]) -> None:
        """Add a video."""
        self._names += name.encode('utf-8')
        self._ends.append(len(self._names))
        self._labels.extend(labels)
        if self.multi_class:
            self._label_ends.append(len(self._labels))

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, index):  # type: ignore[override]  # also slices
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        name = self.name(index)
        if self.prefix is not None:
            name = join(self.prefix, name)
        return dict(filename=name, label=self.label(index))

    def name(self, index: int) -> str:
        """The path as in the file."""
        begin = self._ends[index - 1] if index else 0
        return self._names[begin:self._ends[index]].decode('utf-8')

    def label(self, index: int) -> Union[int, List[int]]:
        """The label, or labels."""
        if not self.multi_class:
            return self._labels[index]
        begin = self._label_ends[index - 1] if index else 0
        return list(self._labels[begin:self._label_ends[index]])

    def max_label(self) -> int:
        """The largest label; -1 without any."""
        return max(self._labels, default=-1)

    def clear(self) -> None:
        """Give the memory back."""
        self.__init__(self.prefix, self.multi_class)  # type: ignore[misc]


def find_delimiter(path: Path, before_label: bool = False) -> str:
    r"""Recognise tab, blank or comma from the first lines of a list.

    Args:
        path (Path): Annotation file.
        before_label (bool): Look at what stands before the last field alone:
            paths may hold the delimiter.

    Returns:
        str: The first of ``'\t'``, ``' '``, ``','`` that splits every line
        into a path and a whole number; ``' '`` if none does.
    """
    lines = [text for _, text in zip(range(_SAMPLE), _texts(path)) if text]
    if before_label:
        for delimiter in '\t,':  # a blank may follow a comma
            ends = [line.rpartition(delimiter) for line in lines]
            if lines and all(name and label.strip().lstrip('-').isdecimal()
                             for name, _, label in ends):
                return delimiter
        return ' '
    for exact in (True, False):  # else: with several labels
        for delimiter in _DELIMITERS:
            fields = [line.split(delimiter) for line in lines]
            if lines and all((len(field) == 2 if exact else len(field) > 1)
                             and field[-1].strip().lstrip('-').isdecimal()
                             for field in fields):
                return delimiter
    return ' '


def read_video_list(path: Path,
                    delimiter: str,
                    prefix: Optional[str] = None,
                    multi_class: bool = False,
                    num_classes: Optional[int] = None,
                    skip: Optional[Set[str]] = None,
                    before_label: bool = False) -> VideoList:
    """Read an annotation file and check every line.

    UTF-8 with or without byte order mark, Unix or Windows line ends, and
    blank lines at the end are read.

    Args:
        path (Path): One video per line: path, delimiter, label.
        delimiter (str): What stands between the two.
        prefix (str, optional): Folder that the paths start from.
        multi_class (bool): Whether a video may have several labels.
        num_classes (int, optional): Labels must be below it.
        skip (set[str], optional): Paths to leave out, with or without
            ``prefix``.
        before_label (bool): Only the last delimiter of a line counts.

    Raises:
        ValueError: If there is no video, or a line is not of this form; names
            the file and the line.
    """
    videos = VideoList(prefix, multi_class)
    left_out = skip or set()
    hashes = array('q')
    numbers = array('q')
    blank = skipped = 0
    for number, text in enumerate(_texts(path), 1):
        if not text:
            blank = blank or number
            continue
        if blank:
            raise ValueError(f'{path}:{blank} is a blank line: remove it')
        fields = text.rsplit(delimiter, 1 if before_label else -1)
        name, labels = _split(fields, text, delimiter, multi_class,
                              num_classes, path, number)
        if left_out and (name in left_out or
                         (prefix is not None
                          and join(prefix, name) in left_out)):
            skipped += 1
            continue
        videos.append(name, labels)
        hashes.append(hash(name))
        numbers.append(number)
    if not len(videos):
        if skipped:
            raise ValueError(f'`skip_list` names every video of {path}')
        raise ValueError(
            f'`ann_file` {str(path)!r} is empty: it needs one line per '
            f'video, <path>{delimiter!r}<label>')
    if left_out:
        print_log(
            f'{path}: {skipped} of {skipped + len(videos)} videos left out as '
            '`skip_list` says',
            logger='current')
    if not multi_class:
        _warn_of_two_labels(videos, hashes, numbers, path)
    return videos


def read_skip_lists(paths: Union[str, Sequence[str]]) -> Set[str]:
    """Read the videos to leave out.

    Args:
        paths (str or sequence[str]): Files with one path per line; what
            follows a tab, such as a reason, is not read.

    Raises:
        FileNotFoundError: If a file does not exist.
        ValueError: If a file is not UTF-8.
    """
    names: Set[str] = set()
    for path in [paths] if isinstance(paths, str) else paths:
        if not Path(path).is_file():
            raise FileNotFoundError(
                f'`skip_list` does not exist: {str(path)!r}. Write it with '
                'tools/data/check_videos.py')
        names |= {text.split('\t')[0] for text in _texts(Path(path)) if text}
    return names


def _texts(path: Path) -> Iterator[str]:
    """Lines without blanks at either end."""
    with path.open('rb') as file:
        for number, line in enumerate(file, 1):
            if number == 1:
                if line.startswith((b'\xff\xfe', b'\xfe\xff')):
                    raise ValueError(f'{path}:1 is UTF-16: save the file as '
                                     'UTF-8')
                if line.startswith(b'\xef\xbb\xbf'):
                    line = line[3:]
            try:
                yield line.decode('utf-8').strip()
            except UnicodeDecodeError as error:
                raise ValueError(
                    f'{path}:{number} is not UTF-8: {line[:80]!r} has the '
                    f'byte 0x{line[error.start]:02x} at {error.start}. Save '
                    'the file as UTF-8') from None


def _split(fields: List[str], text: str, delimiter: str, multi_class: bool,
           num_classes: Optional[int], path: Path,
           number: int) -> Tuple[str, List[int]]:
    """Path and labels of a line."""
    place = f'{path}:{number}'
    if len(fields) < 2:
        raise ValueError(
            f'{place} has no label: {text!r}. Each line is '
            f'<path>{delimiter!r}<label>; for pre-training, where labels do '
            'not matter, write 0. Another delimiter is set with `delimiter`')
    if len(fields) > 2 and not multi_class:
        raise ValueError(
            f'{place} has {len(fields)} fields: {text!r}. If paths hold the '
            "delimiter, use another one, e.g. `delimiter='\\t'`")
    labels = []
    for field in fields[1:]:
        field = field.strip()
        if not field.isdecimal():
            if field[:1] == '-' and field[1:].isdecimal():
                raise ValueError(f'{place} has the negative label {field}: '
                                 f'{text!r}; labels count from 0')
            raise ValueError(f'{place} has a label that is not a whole '
                             f'number: {text!r}')
        if len(field) > 18:
            raise ValueError(f'{place} has the label {field[:40]}, which is '
                             'beyond 64 bits')
        label = int(field)
        if num_classes is not None and label >= num_classes:
            raise ValueError(
                f'{place} has label {label}, but `num_classes={num_classes}` '
                f'allows 0 to {num_classes - 1}: {text!r}')
        labels.append(label)
    if not fields[0].strip():
        raise ValueError(f'{place} has no path: {text!r}')
    return fields[0].strip(), labels


def _warn_of_two_labels(videos: VideoList, hashes: array, numbers: array,
                        path: Path) -> None:
    """Name videos that are in the list under more than one label."""
    keys = np.frombuffer(hashes, dtype=np.int64)
    order = np.argsort(keys, kind='stable')
    same = np.flatnonzero(keys[order][1:] == keys[order][:-1])
    found: List[str] = []
    first: Dict[str, int] = {}
    for place in same:
        for index in order[[place, place + 1]].tolist():
            before = first.setdefault(videos.name(index), index)
            if videos.label(before) != videos.label(index):
                found.append(f'{videos.name(index)} ({videos.label(before)} '
                             f'in line {numbers[before]}, '
                             f'{videos.label(index)} in line '
                             f'{numbers[index]})')
    if found:
        print_log(
            f'{path}: {len(found)} videos are listed under two labels, e.g. '
            f'{"; ".join(found[:3])}',
            logger='current',
            level=logging.WARNING)
