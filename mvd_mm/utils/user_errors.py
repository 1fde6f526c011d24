"""Errors that a user is meant to read: one line instead of a traceback."""
import builtins
import linecache
import logging
import os
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any, Callable, List, Optional, Tuple

from mmengine.logging import MMLogger

__all__ = ['message_for_users', 'run_command']

_PACKAGE = Path(__file__).resolve().parents[1]
_TRACEBACK = 'MVD_MM_TRACEBACK'
# what a class raises that gets a wrong argument
_OF_ARGUMENTS = (AssertionError, ArithmeticError, LookupError,
                 NotImplementedError, RuntimeError, TypeError, ValueError)
_ORIGINAL = 'Original Traceback (most recent call last):'


def run_command(main: Callable[[], Any]) -> None:
    """Call the ``main`` of a command; one line for an error of its user.

    What ``main`` returns is the exit status; an error is 1.

    An error that this package raises on purpose says what is wrong and what
    to do; the calls that led to it are of no use to its reader. They are
    written into the log of the run, if there is one, and are shown with
    ``MVD_MM_TRACEBACK=1``. All other errors keep their traceback.
    """
    try:
        status = main()
    except Exception as error:
        message = message_for_users(error)
        if message is None or os.environ.get(_TRACEBACK, '0') != '0':
            raise
        _note_traceback()
        sys.stdout.flush()
        print(message, file=sys.stderr)
        status = 1
    sys.exit(status)


def message_for_users(error: BaseException) -> Optional[str]:
    """Type and text of an error that is meant to be read, else None."""
    text = error.args[0] if len(error.args) == 1 else str(error)
    if _ORIGINAL in str(text):  # of a worker of the loader
        return _from_worker(str(text))
    if isinstance(error, MemoryError) or 'out of memory' in str(
            text) or "can't allocate memory" in str(text):
        return (f'{type(error).__name__}: not enough memory ({text}): lower '
                '`train_dataloader.batch_size` or the size of the model')
    if isinstance(error, OSError) and error.filename is not None:
        text = f'{error.strerror}: {error.filename!r}'
    elif not _is_raised_here(*_last_place(error.__traceback__)):
        return _from_building(error)
    return f'{type(error).__name__}: {_short(text)}'


def _from_building(error: BaseException) -> Optional[str]:
    """What a class of a host says of the arguments that a config gives it.

    MMEngine builds it without a word about which class it was.
    """
    if not isinstance(error, _OF_ARGUMENTS):
        return None
    built, inside, trace = None, '', error.__traceback__
    while trace is not None:
        frame = trace.tb_frame
        if frame.f_code.co_name == 'build_from_cfg':
            built = frame.f_locals
        if trace.tb_next is None:
            inside = frame.f_code.co_name
            line = linecache.getline(frame.f_code.co_filename, trace.tb_lineno)
        trace = trace.tb_next
    if built is None or inside != '__init__' or 'obj_cls' not in built:
        return None
    name = getattr(built['obj_cls'], '__name__', built['obj_cls'])
    reason = str(error) or line.strip()
    given = ', '.join(f'{key}={_short(repr(value), 200)}'
                      for key, value in built['args'].items())
    return (f'{type(error).__name__}: {name} cannot be built with {given}: '
            f'{reason} ({_TRACEBACK}=1 shows where)')


def _short(text: object, most: int = 4000) -> str:
    words = str(text)
    return words if len(words) <= most else f'{words[:most]}...'


def _last_place(trace: Optional[TracebackType]) -> Tuple[str, str]:
    """File and line that raised an error."""
    if trace is None:
        return '', ''
    while trace.tb_next is not None:
        trace = trace.tb_next
    file = trace.tb_frame.f_code.co_filename
    return file, linecache.getline(file, trace.tb_lineno)


def _is_raised_here(file: str, line: str) -> bool:
    """Whether a place says `raise`; what fails elsewhere is a fault of ours.
    """
    return (line.strip().startswith('raise')
            and _PACKAGE in Path(file).resolve().parents)


def _from_worker(text: str) -> Optional[str]:
    """The last error of a worker, whose traceback torch puts into the text."""
    lines = text.splitlines()
    places = [i for i, line in enumerate(lines) if line.startswith('  File "')]
    if not places:
        return None
    last = places[-1]
    code = lines[last + 1] if last + 1 < len(lines) else ''
    if not _is_raised_here(lines[last].split('"')[1], code):
        return None
    rest: List[str] = lines[last + 2:]
    while rest and (rest[0].startswith(' ') or not rest[0].strip()):
        rest = rest[1:]  # what marks the place in the line
    message = '\n'.join(rest).strip()
    kind, _, told = message.partition(': ')
    name = kind.rpartition('.')[2]
    if hasattr(builtins, name) or name.endswith('Error'):
        return f'{name}: {told}'
    return message or None


def _note_traceback() -> None:
    """Write the whole traceback into the files of the current logger."""
    for handler in MMLogger.get_current_instance().handlers:
        if isinstance(handler, logging.FileHandler) and handler.stream:
            handler.stream.write(traceback.format_exc())
            handler.flush()
