"""What a check returns, and what several checks ask."""
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Tuple

__all__ = ['Finding', 'installed', 'major_minor']


@dataclass
class Finding:
    """What one check found.

    Args:
        topic (str): What was looked at.
        level (str): 'ok', 'note' (some tasks need it) or 'FAULT'.
        message (str): What was found.
        advice (str): What to do; empty where nothing is.
    """
    topic: str
    level: str
    message: str
    advice: str = ''


def installed(name: str) -> str:
    """Return the version of a distribution, or '' if it is not there."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ''


def major_minor(text: str) -> Tuple[int, ...]:
    """Return (2, 1) for '2.1.0+cu121', (0, ) for ''."""
    numbers = (text or '0').split('+')[0].split('.')[:2]
    return tuple(int(n) for n in numbers if n.isdigit())
