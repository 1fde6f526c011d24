"""What the annotation files of a published data set say."""
from pathlib import Path
from typing import List, NamedTuple

__all__ = ['Entry', 'Listing', 'find_file', 'read_lines']


class Entry(NamedTuple):
    """A video in a part of a data set.

    Args:
        split (str): Part, e.g. ``'train'``; parts that end with the same
            number, e.g. ``'train_split_1'``, belong together.
        video (str): Name of the file without folder and ending.
        label (int): Class, from 0.
        group (str): What it was cut from; '' if that is not known.
    """

    split: str
    video: str
    label: int
    group: str = ''


class Listing(NamedTuple):
    """All entries, in the order of the files.

    Args:
        classes (list[str]): Names, in the order of the labels.
        entries (list[Entry]): As listed, with what is wrong in them.
        faults (list[str]): Lines that say nothing, with file and number.
    """

    classes: List[str]
    entries: List[Entry]
    faults: List[str]


def find_file(folder: Path, names: List[str], what: str) -> Path:
    """Find an annotation file by one of its names, in sub-folders as well.

    Raises:
        FileNotFoundError: If there is none.
    """
    for name in names:
        for path in (folder / name, *sorted(folder.glob(f'*/{name}'))):
            if path.is_file():
                return path
    raise FileNotFoundError(
        f'`annotations` {folder} has no {what} (looked for '
        f'{", ".join(names)}, in its sub-folders too): unpack the official '
        'archive there')


def read_lines(path: Path) -> List[str]:
    """Lines without blanks at their ends; blank ones stay, for the numbers.

    Raises:
        ValueError: If the file is not UTF-8.
    """
    try:
        text = path.read_text(encoding='utf-8-sig')
    except UnicodeDecodeError as error:
        raise ValueError(f'{path} is not UTF-8: {error}') from None
    return [line.strip() for line in text.splitlines()]
