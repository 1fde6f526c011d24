"""Files of AVA as the data set reads them: csv, label list, proposals.

Boxes are x1, y1, x2, y2 as shares of the frame's width and height. A set has a
``meta.json`` besides, which says what a data set must be told of it.
"""
import json
import pickle
import re
from pathlib import Path
from typing import (Any, Callable, Dict, Iterable, List, NamedTuple, Optional,
                    Sequence, Tuple)

import numpy as np

from ..person_boxes import read_person_boxes

__all__ = [
    'META', 'Box', 'Row', 'img_key', 'read_meta', 'write_meta', 'frame_number',
    'read_rows', 'write_rows', 'write_excluded', 'read_label_list',
    'write_label_list', 'read_proposals', 'write_proposals'
]

Box = Tuple[float, float, float, float]
META = 'meta.json'
# what the pickle of a dict of arrays needs, under NumPy 1's and 2's names
_TRUSTED = {('numpy', 'ndarray'), ('numpy', 'dtype'), ('_codecs', 'encode'),
            ('builtins', 'dict'), ('collections', 'OrderedDict')
            } | {(f'numpy.{core}.{module}', name)
                 for core in ('core', '_core')
                 for module, name in (('multiarray', '_reconstruct'),
                                      ('multiarray', 'scalar'),
                                      ('numeric', '_frombuffer'))}


class Row(NamedTuple):
    """One action of one person at one key frame: a line of an AVA csv.

    Args:
        video (str): Its name without the ending.
        timestamp (int): In seconds, or a frame number.
        box (tuple): x1, y1, x2, y2 as shares of the frame.
        label (int): Number of the action, from 1.
        entity (int): Number of the person.
    """

    video: str
    timestamp: int
    box: Box
    label: int
    entity: int

    def line(self) -> str:
        """Write the row as a line of the csv, with its line break."""
        box = ','.join(f'{value:.4f}' for value in self.box)
        return (f'{self.video},{self.timestamp:04d},{box},{self.label},'
                f'{self.entity}\n')


class _ArrayUnpickler(pickle.Unpickler):
    """Reads arrays, and nothing that could run code."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _TRUSTED:
            raise pickle.UnpicklingError(
                f'it asks for {module}.{name}, which no proposal file needs')
        return super().find_class(module, name)


def img_key(video: str, timestamp: int) -> str:
    """Name a key frame as the proposal files do."""
    return f'{video},{timestamp:04d}'


def read_meta(folder: Path) -> dict:
    """Read the meta.json of a set.

    Raises:
        FileNotFoundError: If the folder has none.
    """
    path = folder / META
    if not path.is_file():
        raise FileNotFoundError(
            f'`set` {folder} holds no {META}, which build_annotations.py and '
            'prepare.py of tools/data/ava write')
    return json.loads(path.read_text())


def write_meta(folder: Path, meta: dict) -> None:
    """Write the meta.json of a set."""
    (folder / META).write_text(json.dumps(meta, indent=2) + '\n')


def frame_number(meta: dict, timestamp: int, rate: float) -> int:
    """Number of the frame, from 0, that a timestamp means in a video file.

    Args:
        meta (dict): What the meta.json of the set holds.
        timestamp (int): As in the annotations.
        rate (float): Frames per second of the file.
    """
    begin = meta.get('video_start')
    begin = meta['timestamp_start'] if begin is None else begin
    seconds = meta['timestamp_unit'] == 'seconds'
    return round((timestamp - begin) * (rate if seconds else 1))


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """Write an annotation csv, sorted by video, timestamp and person."""
    order = sorted(
        rows, key=lambda r: (r.video, r.timestamp, r.entity, r.label))
    path.write_text(''.join(row.line() for row in order), encoding='utf-8')


def read_rows(path: Path) -> List[Row]:
    """Read an annotation csv; ``validate`` is what checks one.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: With file and line, if a line is malformed.
    """
    if not path.is_file():
        raise FileNotFoundError(f'there is no annotation file {path}')
    rows = []
    for number, line in enumerate(
            path.read_text(encoding='utf-8').splitlines(), 1):
        try:
            video, timestamp, *box, label, entity = line.split(',')
            x1, y1, x2, y2 = map(float, box)
            rows.append(
                Row(video, int(timestamp), (x1, y1, x2, y2), int(label),
                    int(entity)))
        except ValueError:
            raise ValueError(f'{path}:{number}: {line!r} is not a line of AVA '
                             '(video,timestamp,x1,y1,x2,y2,label,person); '
                             'run tools/data/ava/validate.py') from None
    return rows


def write_excluded(path: Path, stamps: Sequence[Tuple[str, int]]) -> None:
    """Write the timestamps that neither training nor evaluation uses."""
    path.write_text(
        ''.join(f'{video},{stamp:04d}\n' for video, stamp in sorted(stamps)),
        encoding='utf-8')


def write_label_list(path: Path, classes: Sequence[str]) -> None:
    """Write the label list; the first class is number 1.

    MMAction2's reader looks for the two blanks before ``name`` and ``id``.
    """
    path.write_text(
        ''.join(f'item {{\n  name: "{name}"\n  id: {number}\n}}\n'
                for number, name in enumerate(classes, 1)),
        encoding='utf-8')


def read_label_list(path: Path) -> Dict[int, str]:
    """Read the numbers and names that MMAction2's reader would find.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it names no class.
    """
    if not path.is_file():
        raise FileNotFoundError(f'there is no label list {path}')
    names = {}
    name = ''
    for line in path.read_text(encoding='utf-8').splitlines():
        quoted = re.match(r'  name: *"(.*)"', line)
        number = re.match(r'  (?:label_)?id: *(\d+) *$', line)
        if quoted:
            name = quoted[1]
        elif number:
            names[int(number[1])] = name
    if not names:
        raise ValueError(f'{path} lists no class; a class is written '
                         'item {, "  name: ...", "  id: ...", }')
    return names


def write_proposals(path: Path, proposals: Dict[str, np.ndarray]) -> None:
    """Write person boxes with scores, arrays of shape (N, 5) by key frame."""
    ordered = {key: proposals[key] for key in sorted(proposals)}
    with path.open('wb') as file:
        pickle.dump(ordered, file, protocol=4)


def read_proposals(
        path: Path,
        frame_size: Optional[Callable[[str], Tuple[int, int]]] = None,
        videos: Optional[Iterable[str]] = None) -> Dict[str, np.ndarray]:
    """Read a proposal file without running any code in it.

    Args:
        path (Path): MMAction2's pickle or, if it ends in ``.json``, the
            published detector's boxes, see
            :func:`mvd_mm.datasets.read_person_boxes`.
        frame_size (Callable, optional): Of a json: width and height in pixels
            of the frames on which boxes were found, from the name of a video;
            None: the file must state them.
        videos (Iterable[str], optional): Of a json: boxes of other videos are
            left out; None: all are read.

    Returns:
        dict[str, np.ndarray]: Boxes, and scores if there are any, by
        :func:`img_key`; shapes (N, 4) or (N, 5) in a sound file.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is neither a pickled dict of arrays nor such a json,
            or a json needs ``frame_size``.
    """
    if not path.is_file():
        raise FileNotFoundError(f'there is no proposal file {path}')
    if path.suffix == '.json':

        def unknown(video: str) -> Tuple[int, int]:
            raise ValueError(
                f'{path} has boxes in pixels and does not state the size of '
                f'the frames of {video!r}: give `frame_size`, or write '
                '`images` with width and height into the file')

        return read_person_boxes(str(path), frame_size or unknown, videos)
    with path.open('rb') as file:
        try:
            content = _ArrayUnpickler(file, encoding='latin1').load()
        # a damaged pickle raises nearly anything
        except Exception as error:
            raise ValueError(
                f'{path} is not a proposal file: {error}') from error
    if not isinstance(content, dict):
        raise ValueError(f'{path} holds a {type(content).__name__}, not a '
                         'dict of arrays by "video,timestamp"')
    return content
