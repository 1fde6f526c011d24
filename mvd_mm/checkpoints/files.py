"""Reading the weights of a file, whatever they are wrapped in."""
from contextlib import contextmanager
from typing import Dict, Iterator, Optional

from torch import Tensor

from mvd_mm.utils.weight_files import read_content
from .wrappers import unwrap

__all__ = ['naming_file', 'read_state_dict']


@contextmanager
def naming_file(path: str) -> Iterator[None]:
    """Let errors about what a file holds name the file.

    Args:
        path (str): The file.
    """
    try:
        yield
    except (KeyError, ValueError) as error:
        message = error.args[0] if error.args else ''
        if str(path) in str(message):
            raise
        kind = KeyError if isinstance(error, KeyError) else ValueError
        raise kind(f'{str(path)!r}: {message}') from error


def read_state_dict(path: str,
                    section: Optional[str] = None,
                    trust: bool = False) -> Dict[str, Tensor]:
    """Read the weights of a checkpoint, whatever they are wrapped in.

    Errors are those of :func:`read_content` and :func:`unwrap`.

    Args:
        path (str): The file.
        section (str, optional): As of :func:`unwrap`.
        trust (bool): As of :func:`read_content`.

    Returns:
        dict[str, Tensor]: Weights by name.
    """
    return unwrap(read_content(path, trust), str(path), section)
