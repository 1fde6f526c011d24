"""gloo's threads rest before the interpreter ends."""
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from mvd_mm.utils import processes

# the group outlives its destruction, as with DDP; the last exchanges are
# not waited for, so that threads hold tensors when the script ends
SCRIPT = """
import torch
from torch import distributed as dist
from mvd_mm.utils import processes

processes.leave_processes()  # no group: nothing to leave
dist.init_process_group(
    'gloo', store=dist.HashStore(), rank=0, world_size=1)
group = dist.distributed_c10d._get_default_group()
for index in range(200):
    dist.all_reduce(torch.ones(20000), async_op=True)
print(len(processes._states()))
processes.leave_processes()
print(*processes._states())
"""


@pytest.mark.skipif(
    not Path('/proc/self/task').is_dir(), reason='the system names no threads')
def test_threads_that_hold_tensors_rest_before_the_end():
    done = subprocess.run([sys.executable, '-c', SCRIPT],
                          env=dict(os.environ, CUDA_VISIBLE_DEVICES=''),
                          cwd=Path(__file__).parents[2],
                          capture_output=True,
                          text=True,
                          timeout=300)
    assert done.returncode == 0, done.stderr
    before, after = done.stdout.splitlines()
    # the group is held, so threads are left, and all of them sleep
    assert int(before) > 0 and set(after.split()) == {'S'}


def test_it_waits_for_threads_that_run_and_then_leaves(monkeypatch):
    seen = []
    states = iter([['R'], ['S', 'R'], ['S', 'S'], ['R', 'S'], [], ['S'], ['S'],
                   ['S']])

    def look():
        seen.append(next(states))
        return seen[-1]

    monkeypatch.setattr(processes, '_states', look)
    monkeypatch.setattr(torch.distributed, 'is_initialized', lambda: True)
    monkeypatch.setattr(torch.distributed, 'destroy_process_group',
                        lambda: seen.append('left'))
    processes.leave_processes()
    # twice in a row before, twice in a row after
    assert seen == [['R'], ['S', 'R'], ['S', 'S'], ['R', 'S'], [], ['S'],
                    'left', ['S'], ['S']]


def test_it_does_not_wait_for_ever(monkeypatch):
    monkeypatch.setattr(processes, '_states', lambda: ['R'])
    monkeypatch.setattr(processes, '_PATIENCE', 0.05)
    begin = time.monotonic()
    processes._wait()
    assert time.monotonic() - begin < 5
