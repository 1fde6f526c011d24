"""The end of a process that was one of several."""
import time
from pathlib import Path
from typing import List

import torch

__all__ = ['leave_processes']

_THREADS = 'pt_gloo'
_PATIENCE = 10.  # seconds


def leave_processes() -> None:
    """Leave the processes that trained together, when gloo's threads rest.

    Call it before the interpreter ends. A thread of gloo may still hold the
    tensor of a finished exchange: on a busy machine it was not on a core since
    then. To let go of it, it wants the interpreter's lock. If the interpreter
    is ending, Python ends the thread in the middle of C++ code, which takes
    the process along: "terminate called without an active exception",
    SIGABRT, after a run that was all right. (torch 2.13:
    ``ProcessGroupGloo::runLoop``, ``TensorImpl::decref_pyobject``,
    ``pthread_exit``.)

    Destroying the group is not enough: its threads go on while anything holds
    it, as DDP does. Threads that rest never want the lock again.
    """
    if not torch.distributed.is_available(
    ) or not torch.distributed.is_initialized():
        return
    _wait()  # a thread that is ended by its group must not want the lock
    torch.distributed.destroy_process_group()
    _wait()


def _wait() -> None:
    """Wait until all threads of gloo sleep."""
    end = time.monotonic() + _PATIENCE
    quiet = 0
    while quiet < 2 and time.monotonic() < end:
        # sleeping gives the lock away: who wanted it is runnable afterwards
        time.sleep(0.01)
        awake = [state for state in _states() if state != 'S']
        quiet = 0 if awake else quiet + 1


def _states() -> List[str]:
    """States of gloo's threads, where the system tells: S sleeps, R runs."""
    found = []
    for path in Path('/proc/self/task').glob('*/stat'):
        try:
            head, _, rest = path.read_text().rpartition(') ')
        except OSError:
            continue  # it ended meanwhile
        if head.partition('(')[2].startswith(_THREADS):
            found.append(rest[0])
    return found
