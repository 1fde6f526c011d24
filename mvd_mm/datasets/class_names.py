"""Names of classes: one a line, in the order of their labels."""
from pathlib import Path
from typing import List, Optional, Union

__all__ = ['CLASS_FILE', 'class_names_beside', 'read_class_names']

CLASS_FILE = 'classes.txt'


def read_class_names(path: Union[str, Path]) -> List[str]:
    """Read the names of the classes; line ``i``, from 0, names label ``i``.

    UTF-8 with or without byte order mark, Unix or Windows line ends, and
    blank lines at the end are read.

    Args:
        path (str or Path): One name a line.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is not UTF-8, is empty, or has a blank line or a
            name twice; names the line.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f'`classes`: there is no file {path}')
    try:
        lines = path.read_text(encoding='utf-8-sig').splitlines()
    except UnicodeDecodeError:
        raise ValueError(
            f'`classes` {path} is not UTF-8: save it as UTF-8') from None
    names = [line.strip() for line in lines]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise ValueError(f'`classes` {path} is empty: it needs one name a '
                         'line, in the order of the labels')
    if '' in names:
        raise ValueError(
            f'{path}:{names.index("") + 1} is a blank line: every '
            'line names a class')
    for number, name in enumerate(names, 1):
        first = names.index(name) + 1
        if first < number:
            raise ValueError(f'{path}:{number} names the class {name!r} of '
                             f'line {first} again')
    return names


def class_names_beside(ann_file: Union[str, Path]) -> Optional[List[str]]:
    """Names that the commands of tools/data keep beside a list.

    Args:
        ann_file (str or Path): List of videos.

    Returns:
        list[str], optional: None where there are none that can be read.
    """
    path = Path(ann_file).with_name(CLASS_FILE)
    try:
        return read_class_names(path) if path.is_file() else None
    except ValueError:  # a file of that name, of another program
        return None
