"""Something-Something v2: json files of labels and of each part."""
import json
from pathlib import Path
from typing import Any, Dict, List

from .listing import Entry, Listing, find_file

__all__ = ['read_sthv2']

# names of the first release, and of the present one
_LABELS = ['something-something-v2-labels.json', 'labels.json']
_PARTS = {
    'train': ['something-something-v2-train.json', 'train.json'],
    'val': ['something-something-v2-validation.json', 'validation.json']
}


def _load(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding='utf-8-sig'))
    except ValueError as error:
        raise ValueError(f'{path} is not JSON: {error}') from None


def read_sthv2(annotations: Path) -> Listing:
    """Read training and validation; the test set has no public labels.

    Source: `Something-Something v2
    <https://www.qualcomm.com/developer/software/something-something-v-2-
    dataset>`_. The class of a video is its template without the brackets.

    Args:
        annotations (Path): Folder of the json files, or the one around it.

    Raises:
        FileNotFoundError: If a file is missing.
        ValueError: If a file is not of this form.
    """
    path = find_file(annotations, _LABELS, 'file of labels')
    labels: Dict[str, Any] = _load(path)
    faults: List[str] = []
    numbers = {name: int(value) for name, value in labels.items()}
    if sorted(numbers.values()) != list(range(len(numbers))):
        faults.append(f'{path.name}: the numbers are not 0 to '
                      f'{len(numbers) - 1}')
    classes = sorted(numbers, key=lambda name: numbers[name])
    entries: List[Entry] = []
    for split, names in _PARTS.items():
        path = find_file(annotations, names, f'file of the part {split}')
        for number, row in enumerate(_load(path)):
            if not isinstance(row, dict) or not {'id', 'template'} <= set(row):
                faults.append(f'{path.name}: entry {number} has no id and '
                              f'template: {row!r}')
                continue
            name = row['template'].replace('[', '').replace(']', '')
            if name not in numbers:
                faults.append(f'{path.name}: entry {number} is of a class '
                              f'that the labels do not have: {name!r}')
                continue
            entries.append(Entry(split, str(row['id']), classes.index(name)))
    return Listing(classes, entries, faults)
