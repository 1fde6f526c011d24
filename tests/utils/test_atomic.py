"""A file is whole or as it was, whatever interrupts its writing."""
import os
import resource
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
import torch
from mmengine.runner import save_checkpoint

import mvd_mm  # noqa: F401  makes the saving of checkpoints atomic
from mvd_mm.utils.atomic import remove_partial, whole_file, write_text

KILLED = '''
import sys, time
from mvd_mm.utils.atomic import whole_file
with whole_file(sys.argv[1]) as part, open(part, 'w') as file:
    file.write('new' * 10 ** 5)
    file.flush()
    time.sleep(60)
'''


@contextmanager
def small_disk():
    """No file may become larger than 64 kB, as on a disk that is full.

    For a few lines only: what pytest writes meanwhile would be cut as well.
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**16, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_text_is_replaced(tmp_path):
    path = tmp_path / 'note'
    write_text(path, 'old')
    write_text(path, 'nöw')
    assert path.read_text(encoding='utf-8') == 'nöw'
    assert os.listdir(tmp_path) == ['note']


def test_an_exception_leaves_the_old_file(tmp_path):
    path = tmp_path / 'note'
    write_text(path, 'old')
    with pytest.raises(KeyError), whole_file(path) as part:
        part.write_text('half')
        raise KeyError
    assert path.read_text() == 'old'
    assert os.listdir(tmp_path) == ['note']


def test_a_kill_leaves_the_old_file(tmp_path):
    path = tmp_path / 'note'
    write_text(path, 'old')
    part = tmp_path / '.note.part'
    with subprocess.Popen([sys.executable, '-c', KILLED, str(path)]) as child:
        end = time.monotonic() + 60
        while not (part.is_file() and part.stat().st_size):
            assert time.monotonic() < end and child.poll() is None
            time.sleep(0.01)
        child.send_signal(signal.SIGKILL)
    assert path.read_text() == 'old' and part.is_file()
    remove_partial(tmp_path, 'no*')
    assert os.listdir(tmp_path) == ['note']


def test_a_full_disk_is_told_and_leaves_the_old_file(tmp_path):
    path = tmp_path / 'note'
    write_text(path, 'old')
    with pytest.raises(
            OSError, match='note could not be written'), small_disk():
        write_text(path, 'new' * 10**5)
    assert path.read_text() == 'old'
    assert os.listdir(tmp_path) == ['note']


def test_a_full_disk_leaves_the_old_checkpoint(tmp_path):
    path = tmp_path / 'epoch_1.pth'
    save_checkpoint(dict(weight=torch.ones(3)), str(path))
    with pytest.raises(
            OSError,
            match='epoch_1.pth could not be written .File too'), small_disk():
        save_checkpoint(dict(weight=torch.ones(10**6)), str(path))
    assert torch.equal(
        torch.load(path, weights_only=True)['weight'], torch.ones(3))
    assert os.listdir(tmp_path) == ['epoch_1.pth']
