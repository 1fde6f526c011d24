"""The end of a message about a name that is not known."""
from difflib import get_close_matches
from typing import Iterable

__all__ = ['suggest']

_MOST = 60  # names that a reader may look through


def suggest(name: object, choices: Iterable[str]) -> str:
    """Write the closest name and, unless they are hundreds, all names."""
    names = sorted(set(map(str, choices)))
    close = get_close_matches(str(name), names, n=1)
    hint = f'did you mean {close[0]!r}? ' if close else ''
    if len(names) > _MOST:
        near = get_close_matches(str(name), names, n=8, cutoff=0.4)
        return f'{hint}Similar names: {sorted(near)}'
    return f'{hint}Valid names: {names}'
