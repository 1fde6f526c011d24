"""HMDB51: ``CLASS_test_splitN.txt``, a file for each class and split."""
import re
from pathlib import Path
from typing import List

from .listing import Entry, Listing, read_lines

__all__ = ['read_hmdb51']

_FILE = re.compile(r'(.+)_test_split([123])\.txt$')
_PARTS = {'1': 'train', '2': 'val'}


def read_hmdb51(annotations: Path) -> Listing:
    """Read the three splits of the official archive.

    Source: `HMDB51 <https://serre-lab.clps.brown.edu/resource/hmdb-a-large-
    human-motion-database/>`_. In its files 1 is training, 2 is testing, and
    0 is neither. Classes are numbered in the order of the alphabet.

    Args:
        annotations (Path): Folder of the lists, or the one around it.

    Raises:
        FileNotFoundError: If a class lacks a split, or there are no lists.
    """
    found = {}
    for path in [*annotations.glob('*.txt'), *annotations.glob('*/*.txt')]:
        match = _FILE.match(path.name)
        if match:
            found[match.group(1), match.group(2)] = path
    if not found:
        raise FileNotFoundError(
            f'`annotations` {annotations} has no CLASS_test_split1.txt, in '
            'its sub-folders neither: unpack the official archive there')
    classes = sorted({name for name, _ in found})
    entries: List[Entry] = []
    faults: List[str] = []
    for split in '123':
        for label, name in enumerate(classes):
            if (name, split) not in found:
                raise FileNotFoundError(
                    f'`annotations` {annotations} has no '
                    f'{name}_test_split{split}.txt, but other splits of it')
            path = found[name, split]
            for number, line in enumerate(read_lines(path), 1):
                file, _, part = line.rpartition(' ')
                if not line or part == '0' and file:
                    continue
                if not file or part not in _PARTS:
                    faults.append(f'{path.name}:{number} is not "FILE 0|1|2"'
                                  f': {line!r}')
                    continue
                video = file.strip()
                entries.append(
                    Entry(f'{_PARTS[part]}_split_{split}',
                          video.rpartition('.')[0] or video, label))
    return Listing(classes, entries, faults)
