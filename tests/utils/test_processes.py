"""gloo's threads end before the interpreter does."""
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import sys
import torch
from torch import distributed as dist
from mvd_mm.utils.processes import _threads, leave_processes

leave_processes()  # no group: nothing to leave
dist.init_process_group(
    'gloo', store=dist.HashStore(), rank=0, world_size=1)
model = torch.nn.parallel.DistributedDataParallel(torch.nn.Linear(4, 1))
for _ in range(2):
    model(torch.ones(2, 4)).sum().backward()
for index in range(50):
    dist.all_reduce(torch.ones(10000), async_op=True)
print(_threads())
if sys.argv[1] == 'leave':
    leave_processes()
else:
    dist.destroy_process_group()
print(_threads(), model is not None)
"""


@pytest.mark.skipif(
    not Path('/proc/self/task').is_dir(), reason='the system names no threads')
def test_no_thread_outlives_the_group_though_a_model_is_still_held():
    found = {}
    for how in ('leave', 'destroy'):
        done = subprocess.run([sys.executable, '-c', SCRIPT, how],
                              env=dict(os.environ, CUDA_VISIBLE_DEVICES=''),
                              cwd=Path(__file__).parents[2],
                              capture_output=True,
                              text=True,
                              timeout=300)
        found[how] = done.stdout.split()
        if how == 'leave':
            assert done.returncode == 0, done.stderr
    assert int(found['leave'][0]) > 0
    assert found['leave'][1:] == ['0', 'True']
    # what leaves threads behind, so that the test could fail
    assert int(found['destroy'][1]) > 0
