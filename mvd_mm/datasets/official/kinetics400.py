"""Kinetics-400: a csv file for each part."""
import csv
from pathlib import Path
from typing import List, Optional, Tuple

from .listing import Entry, Listing, find_file, read_lines

__all__ = ['read_kinetics400']

_PARTS = {
    'train': ['train.csv', 'kinetics-400_train.csv', 'kinetics_train.csv'],
    'val': [
        'val.csv', 'validate.csv', 'validation.csv', 'kinetics-400_val.csv',
        'kinetics_val.csv'
    ]
}
_COLUMNS = ('label', 'youtube_id', 'time_start', 'time_end')


def read_kinetics400(annotations: Path) -> Listing:
    """Read training and validation.

    Source: `Kinetics <https://github.com/cvdfoundation/kinetics-dataset>`_.
    Videos are called ``ID_BEGIN_END`` with six digits each, as the public
    copies have them. Classes are numbered in the order of the alphabet, as
    MMAction2, VideoMAE and MVD do.

    Args:
        annotations (Path): Folder of the csv files, or the one around it.

    Raises:
        FileNotFoundError: If a file is missing.
        ValueError: If a file lacks a column.
    """
    rows: List[Tuple[str, str, str, str]] = []  # part, class, video, id
    faults: List[str] = []
    for split, names in _PARTS.items():
        path = find_file(annotations, names, f'csv file of the part {split}')
        reader = csv.DictReader(read_lines(path))
        lacking = [c for c in _COLUMNS if c not in (reader.fieldnames or [])]
        if lacking:
            raise ValueError(f'{path} has no column {lacking}; the official '
                             f'files have {list(_COLUMNS)}')
        for number, row in enumerate(reader, 2):
            times = [_seconds(row[key]) for key in ('time_start', 'time_end')]
            name = (row['label'] or '').strip().strip('"')
            if not (name and row['youtube_id']) or None in times:
                faults.append(f'{path.name}:{number} lacks a label, an id or '
                              f'times: {list(row.values())}')
                continue
            begin, end = times
            rows.append(
                (split, name, f'{row["youtube_id"]}_{begin:06d}_{end:06d}',
                 row['youtube_id']))
    classes = sorted({name for _, name, _, _ in rows})
    known = {name: label for label, name in enumerate(classes)}
    entries = [
        Entry(split, video, known[name], source)
        for split, name, video, source in rows
    ]
    return Listing(classes, entries, faults)


def _seconds(text: Optional[str]) -> Optional[int]:
    try:
        return int(float(text or ''))
    except ValueError:
        return None
