"""The end of a process that was one of several."""
import gc
import time
from pathlib import Path

import torch
from torch.nn.parallel import DistributedDataParallel

__all__ = ['leave_processes']

_THREADS = 'pt_gloo_'


def leave_processes() -> None:
    """Leave the processes that trained together, and end gloo's threads.

    Call it before the interpreter ends. A thread of gloo that lets go of a
    tensor after that wants the interpreter's lock, is ended by Python in the
    middle of C++ code, and takes the process along: "terminate called without
    an active exception", SIGABRT, after a run that was all right.

    The threads end with the group that they belong to, and the group ends
    when nothing holds it: destroying it is not enough while DDP's reducer
    does.
    """
    if not torch.distributed.is_available(
    ) or not torch.distributed.is_initialized():
        return
    gc.collect()  # what is in a ring with its runner
    for model in gc.get_objects():
        if isinstance(model, DistributedDataParallel):
            vars(model).update(reducer=None, logger=None, process_group=None)
    torch.distributed.destroy_process_group()
    gc.collect()
    if _threads():
        # somebody else holds the group: let them finish what they hold
        time.sleep(0.2)


def _threads() -> int:
    """Number of gloo's threads, where the system names threads."""
    count = 0
    for name in Path('/proc/self/task').glob('*/comm'):
        try:
            count += name.read_text().startswith(_THREADS)
        except OSError:
            pass  # it ended meanwhile
    return count
