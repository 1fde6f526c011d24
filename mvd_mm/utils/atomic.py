"""Files that are either whole or not there."""
import os
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, Union

__all__ = ['remove_partial', 'whole_file', 'write_text']


@contextmanager
def whole_file(path: Union[str, Path]) -> Iterator[Path]:
    """Give a temporary name in the same folder; rename when all is written.

    Whatever interrupts the writing, a kill or a full disk, the old file stays
    as it was. Nothing is left beside it but after a kill, and then under a
    name that ends with ``.part``, which the next writing replaces.

    Args:
        path (str or Path): The file that is wanted.

    Raises:
        OSError: If the file cannot be written; names it.
    """
    path = Path(path)
    partial = path.with_name(f'.{path.name}.part')
    try:
        yield partial
        with open(partial, 'rb+') as file:
            os.fsync(file.fileno())
        os.replace(partial, path)
        _sync_folder(path.parent)
    except OSError as error:
        raise OSError(
            error.errno, f'{path} could not be written ({error.strerror}); '
            'what was there before is kept') from error
    finally:
        partial.unlink(missing_ok=True)


def write_text(path: Union[str, Path], text: str) -> None:
    """Write a small text file as a whole."""
    with whole_file(path) as partial:
        partial.write_text(text, encoding='utf-8')


def remove_partial(folder: Union[str, Path], pattern: str) -> None:
    """Remove what killed writings have left.

    Args:
        folder (str or Path): Where they wrote.
        pattern (str): Of the names that were wanted, e.g. ``*.pth``.
    """
    for path in Path(folder).glob(f'.{pattern}.part'):
        path.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the renaming last through a power failure."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # a file system whose folders cannot be opened
        return
    try:
        os.fsync(handle)
    except OSError:
        pass  # the same, where only syncing is refused
    finally:
        os.close(handle)
