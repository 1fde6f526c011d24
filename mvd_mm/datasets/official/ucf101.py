"""UCF101: ``classInd.txt``, ``trainlist0N.txt``, ``testlist0N.txt``."""
import re
from pathlib import Path
from typing import Dict, List

from .listing import Entry, Listing, find_file, read_lines

__all__ = ['read_ucf101']

_GROUP = re.compile(r'(.*_g\d+)_c\d+$')


def read_ucf101(annotations: Path) -> Listing:
    """Read the three splits of the official archive.

    Source: `UCF101 <https://www.crcv.ucf.edu/data/UCF101.php>`_. Its classes
    count from 1; labels here are one less.

    Args:
        annotations (Path): Folder of the lists, or the one around it.

    Raises:
        FileNotFoundError: If a list is missing.
    """
    index = find_file(annotations, ['classInd.txt'], 'list of classes')
    names: Dict[int, str] = {}
    faults: List[str] = []
    for number, line in enumerate(read_lines(index), 1):
        fields = line.split()
        if len(fields) == 2 and fields[0].isdecimal():
            names[int(fields[0])] = fields[1]
        elif line:
            faults.append(f'{index.name}:{number} is not "NUMBER NAME": '
                          f'{line!r}')
    if sorted(names) != list(range(1, len(names) + 1)):
        faults.append(f'{index.name}: the numbers are not 1 to {len(names)}')
    classes = [names[number] for number in sorted(names)]
    entries: List[Entry] = []
    for split in (1, 2, 3):
        for part, stem in (('train', 'trainlist'), ('val', 'testlist')):
            path = find_file(annotations, [f'{stem}0{split}.txt'],
                             f'{part} list of split {split}')
            for number, line in enumerate(read_lines(path), 1):
                if not line:
                    continue
                fields = line.split()
                folder, _, file = fields[0].rpartition('/')
                place = f'{path.name}:{number}'
                if folder not in classes:
                    faults.append(f'{place} is of a class that '
                                  f'{index.name} does not have: {line!r}')
                    continue
                label = classes.index(folder)
                if len(fields) > 1 and fields[1] != str(label + 1):
                    faults.append(
                        f'{place} has the number {fields[1]}, but {folder} '
                        f'is {label + 1} in {index.name}: {line!r}')
                    continue
                video = file.rpartition('.')[0] or file
                group = _GROUP.match(video)
                entries.append(
                    Entry(f'{part}_split_{split}', video, label,
                          group.group(1) if group else ''))
    return Listing(classes, entries, faults)
