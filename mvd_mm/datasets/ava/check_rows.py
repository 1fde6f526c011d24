"""Checks of the text files: annotations, label list, excluded timestamps."""
import re
from typing import Dict, List, NamedTuple, Set, Tuple

from .findings import Finding, Split, lines_of
from .formats import Row

__all__ = ['Numbered', 'check_list', 'check_rows', 'check_excluded']


class Numbered(NamedTuple):
    """A sound line of the annotations, and its number from 1."""

    line: int
    row: Row


def check_list(split: Split) -> Tuple[Set[int], List[Finding]]:
    """Check the label list.

    Returns:
        tuple: Numbers of its classes, and what is wrong.
    """
    found: List[Finding] = []
    numbers: Dict[int, int] = {}
    names: Dict[str, int] = {}
    path = split.label_file
    for line, text in enumerate(lines_of(path, found), 1):
        match = re.match(r'\s*(name|id|label_id)\s*:(.*)$', text)
        if match is None:
            continue
        key, value = match[1], match[2].strip()
        if not text.startswith(f'  {key}:') or (key == 'name' and
                                                not re.match('".+"$', value)):
            found.append(Finding(path, line, 'list-malformed', repr(text)))
        if key == 'name':
            name = value.strip('"')
            if name in names:
                found.append(
                    Finding(path, line, 'list-twice',
                            f'{name!r}, as in line {names[name]}'))
            names.setdefault(name, line)
            continue
        if not re.fullmatch(r'\d+', value) or int(value) < 1:
            found.append(Finding(path, line, 'list-number', repr(value)))
            continue
        number = int(value)
        if number in numbers:
            found.append(
                Finding(path, line, 'list-twice',
                        f'number {number}, as in line {numbers[number]}'))
        numbers.setdefault(number, line)
        if split.num_classes and number >= split.num_classes:
            found.append(
                Finding(path, line, 'label-beyond',
                        f'{number} with num_classes={split.num_classes}'))
    if not numbers and not found:
        found.append(Finding(path, 0, 'list-malformed', 'no class is listed'))
    return set(numbers), found


def check_rows(split: Split,
               known: Set[int]) -> Tuple[List[Numbered], List[Finding]]:
    """Check each line of the annotations.

    Args:
        split (Split): With ``ann_file``.
        known (set[int]): Numbers of the listed classes.

    Returns:
        tuple: The lines that can be read, and what is wrong.
    """
    found: List[Finding] = []
    rows: List[Numbered] = []
    path = split.ann_file
    lines = lines_of(path, found)
    if not lines and not found:
        found.append(Finding(path, 0, 'csv-empty', 'no line'))
    seen: Dict[Row, int] = {}
    persons: Dict[tuple, Tuple[tuple, int]] = {}
    for line, text in enumerate(lines, 1):

        def report(kind: str, what: str, line: int = line) -> None:
            found.append(Finding(path, line, kind, what))

        fields = text.split(',')
        if len(fields) != 8:
            report('csv-columns', f'{len(fields)} instead of 8: {text!r}')
            continue
        try:
            x1, y1, x2, y2 = (float(value) for value in fields[2:6])
            row = Row(fields[0], int(fields[1]), (x1, y1, x2, y2),
                      int(fields[6]), int(fields[7]))
        except ValueError as error:
            report('csv-number', str(error))
            continue
        rows.append(Numbered(line, row))
        if row.label < 1:
            report('label-zero', f'label {row.label}')
        elif row.label not in known:
            report('label-unknown', f'label {row.label}')
        elif split.num_classes and row.label >= split.num_classes:
            report('label-beyond',
                   f'label {row.label}, num_classes={split.num_classes}')
        if max(row.box) > 2:
            report('box-pixels', f'{row.box}')
        elif not all(0 <= value <= 1 for value in row.box):
            report('box-outside', f'{row.box}')
        if not (x1 < x2 and y1 < y2):
            report('box-empty', f'{row.box}')
        if not split.timestamp_start <= row.timestamp <= split.timestamp_end:
            report(
                'timestamp-range', f'{row.timestamp} is not in '
                f'{split.timestamp_start}..{split.timestamp_end}')
        if row in seen:
            report('row-twice', f'as line {seen[row]}')
        seen.setdefault(row, line)
        who = row.video, row.timestamp, row.entity
        box, first = persons.setdefault(who, (row.box, line))
        if box != row.box:
            report('person-twice',
                   f'person {row.entity} has another box in line {first}')
    return rows, found


def check_excluded(split: Split, rows: List[Numbered]) -> List[Finding]:
    """Check the excluded timestamps against the annotations."""
    found: List[Finding] = []
    excluded: Dict[Tuple[str, int], int] = {}
    path = split.exclude_file
    if path is None:
        return found
    videos = {row.video for _, row in rows}
    for line, text in enumerate(lines_of(path, found), 1):
        match = re.fullmatch(r'([^,]+),(\d+)', text.strip())
        if match is None:
            found.append(Finding(path, line, 'excluded-malformed', repr(text)))
        elif match[1] not in videos:
            found.append(
                Finding(path, line, 'excluded-unknown', repr(match[1])))
        else:
            excluded.setdefault((match[1], int(match[2])), line)
    told = set()
    for line, row in rows:
        key = row.video, row.timestamp
        if key in excluded and key not in told:
            told.add(key)
            found.append(
                Finding(split.ann_file, line, 'timestamp-excluded',
                        f'see {path.name}:{excluded[key]}'))
    return found
