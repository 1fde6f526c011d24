"""Compare the entries of a data set with each other and with its files."""
from collections import Counter
from pathlib import PurePosixPath
from typing import Dict, List, NamedTuple, Sequence, Tuple

from .listing import Entry, Listing

__all__ = ['Checked', 'check_entries', 'locate']

_NAMED = 5  # examples in a finding


class Checked(NamedTuple):
    """Entries without faults, and what was found.

    Args:
        entries (list[Entry]): Each video once in each part.
        errors (list[str]): What makes results wrong: leakage, two labels.
        notes (list[str]): What a user should know.
    """

    entries: List[Entry]
    errors: List[str]
    notes: List[str]


def _some(names: Sequence[str]) -> str:
    rest = len(names) - _NAMED
    return ', '.join(
        names[:_NAMED]) + (f' and {rest} more' if rest > 0 else '')


def check_entries(listing: Listing) -> Checked:
    """Find duplicates, contradictions and leakage between parts."""
    errors = list(listing.faults)
    notes: List[str] = []
    kept: Dict[Tuple[str, str], Entry] = {}
    twice: Dict[str, List[str]] = {}
    for entry in listing.entries:
        first = kept.setdefault((entry.split, entry.video), entry)
        if first is entry:
            continue
        if first.label != entry.label:
            errors.append(f'{entry.video} has two labels in {entry.split}: '
                          f'{listing.classes[first.label]} and '
                          f'{listing.classes[entry.label]}')
        else:
            twice.setdefault(entry.split, []).append(entry.video)
    for split, names in twice.items():
        notes.append(f'{len(names)} videos are listed twice in {split} and '
                     f'taken once: {_some(names)}')
    entries = list(kept.values())
    for split in sorted({e.split for e in entries if 'train' in e.split}):
        other = split.replace('train', 'val')
        errors += _leaks(entries, split, other, 'video', 'videos')
        notes += _leaks(entries, split, other, 'group', 'sources')
        trained = {e.label for e in entries if e.split == split}
        absent = [
            name for label, name in enumerate(listing.classes)
            if label not in trained
        ]
        if absent:
            errors.append(f'{len(absent)} classes have no video in {split}: '
                          f'{_some(absent)}')
    return Checked(entries, errors, notes)


def _leaks(entries: Sequence[Entry], split: str, other: str, key: str,
           what: str) -> List[str]:
    """What is in two parts that should have nothing in common."""
    here, there = ({getattr(e, key)
                    for e in entries if e.split == part} - {''}
                   for part in (split, other))
    both = sorted(here & there)
    if not both:
        return []
    return [
        f'{len(both)} {what} are in {split} and in {other}: '
        f'{_some(both)}'
    ]


def _plain(name: str) -> str:
    """A class as folders spell it: blanks, underscores, capitals."""
    return ''.join(char for char in name.lower() if char.isalnum())


def locate(entries: Sequence[Entry], classes: Sequence[str],
           files: Sequence[str]) -> Tuple[Dict[str, str], List[str]]:
    """Find the file of each entry.

    Args:
        entries (Sequence[Entry]): Of the parts in this folder.
        classes (Sequence[str]): Names of the labels.
        files (Sequence[str]): Relative paths, with slashes.

    Returns:
        tuple[dict[str, str], list[str]]: File by the name of the video, and
        notes.
    """
    by_stem: Dict[str, List[str]] = {}
    for file in files:
        by_stem.setdefault(PurePosixPath(file).stem, []).append(file)
    found: Dict[str, str] = {}
    several: List[str] = []
    for entry in entries:
        paths = by_stem.get(entry.video, [])
        folder = _plain(classes[entry.label])
        own = [p for p in paths if folder in map(_plain, p.split('/')[:-1])]
        paths = own or paths
        if paths:
            found[entry.video] = paths[0]
        if len(paths) > 1 and entry.video not in several:
            several.append(entry.video)
    notes = []
    if several:
        notes.append(f'{len(several)} videos have several files, the first '
                     f'is taken: {_some(several)}')
    listed = Counter(entry.video for entry in entries)
    others = sorted(stem for stem in by_stem if stem not in listed)
    if others:
        notes.append(f'{len(others)} files are in no list: {_some(others)}')
    return found, notes
