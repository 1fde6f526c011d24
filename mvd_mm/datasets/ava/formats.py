"""Files of AVA as MMAction2 reads them: csv, label list, proposals.

Boxes are x1, y1, x2, y2 as shares of the frame's width and height.
"""
import pickle
import re
from pathlib import Path
from typing import Dict, List, NamedTuple, Sequence, Tuple

import numpy as np

Box = Tuple[float, float, float, float]
META = 'meta.json'
SUFFIXES = ('.mp4', '.avi', '.mkv', '.webm', '.mov', '.m4v')
# what the pickle of a dict of arrays needs, under NumPy 1's and 2's names
_TRUSTED = {('numpy', 'ndarray'), ('numpy', 'dtype'), ('_codecs', 'encode'),
            ('builtins', 'dict'), ('collections', 'OrderedDict')
            } | {(f'numpy.{core}.{module}', name)
                 for core in ('core', '_core')
                 for module, name in (('multiarray', '_reconstruct'),
                                      ('multiarray', 'scalar'),
                                      ('numeric', '_frombuffer'))}


class Row(NamedTuple):
    """One action of one person at one key frame: a line of an AVA csv."""

    video: str
    timestamp: int
    box: Box
    label: int  # from 1
    entity: int

    def line(self) -> str:
        box = ','.join(f'{value:.4f}' for value in self.box)
        return (f'{self.video},{self.timestamp:04d},{box},{self.label},'
                f'{self.entity}\n')


class _ArrayUnpickler(pickle.Unpickler):
    """Reads arrays, and nothing that could run code."""

    def find_class(self, module, name):
        if (module, name) not in _TRUSTED:
            raise pickle.UnpicklingError(
                f'it asks for {module}.{name}, which no proposal file needs')
        return super().find_class(module, name)


def img_key(video: str, timestamp: int) -> str:
    """Name a key frame as the proposal files do."""
    return f'{video},{timestamp:04d}'


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """Write an annotation csv, sorted by video, timestamp and person."""
    order = sorted(
        rows, key=lambda r: (r.video, r.timestamp, r.entity, r.label))
    path.write_text(''.join(row.line() for row in order), encoding='utf-8')


def read_rows(path: Path) -> List[Row]:
    """Read an annotation csv that is known to be sound.

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
            raise ValueError(f'{path}:{number}: {line!r} is no line of AVA '
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

    The two blanks are needed: MMAction2's reader looks for them.
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


def read_proposals(path: Path) -> Dict[str, np.ndarray]:
    """Read a proposal file without running any code in it.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is not a pickled dict of arrays.
    """
    if not path.is_file():
        raise FileNotFoundError(f'there is no proposal file {path}')
    with path.open('rb') as file:
        try:
            content = _ArrayUnpickler(file, encoding='latin1').load()
        # a damaged pickle raises nearly anything
        except Exception as error:
            raise ValueError(f'{path} is no proposal file: {error}') from error
    if not isinstance(content, dict):
        raise ValueError(f'{path} holds a {type(content).__name__}, not a '
                         'dict of arrays by "video,timestamp"')
    return content


def find_video(folder: Path, video: str) -> Path:
    """Find the file of a video.

    Args:
        folder (Path): Where the videos are.
        video (str): Name without the ending.

    Raises:
        FileNotFoundError: If no ending fits.
    """
    for suffix in SUFFIXES:
        if (folder / f'{video}{suffix}').is_file():
            return folder / f'{video}{suffix}'
    raise FileNotFoundError(
        f'there is no video {video} in {folder} (looked for the endings '
        f'{" ".join(SUFFIXES)})')
