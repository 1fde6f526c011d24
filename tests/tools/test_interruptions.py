"""Small runs that are killed or told to stop, by the commands themselves."""
import os
import random
import re
import signal
import subprocess
import time

import pytest

from mvd_mm.apis.resume import find_resumable
from tests.tools.interruptions import (Case, command_of, compare, descendants,
                                       kill, start, try_case, write_videos)

pytest.importorskip('decord')
pytestmark = pytest.mark.slow


@pytest.fixture
def running(tmp_path):
    """A run with two processes that has begun to train."""
    write_videos(tmp_path)
    log = tmp_path / 'log'
    process = start(
        command_of(Case('finetuning', 2, 1, 500), tmp_path, tmp_path / 'work'),
        log)
    end = time.monotonic() + 120
    while b'Epoch(train)' not in log.read_bytes():
        assert process.poll() is None, log.read_text()[-3000:]
        assert time.monotonic() < end
        time.sleep(0.05)
    yield process, log
    kill(process)


def wait_for_all(process, pids, log, seconds):
    """Wait for the end of a run and of all that it had started."""
    assert len(pids) > 4  # launcher, two processes, their loaders' workers
    begin = time.monotonic()
    assert process.wait(120) != 0
    while any(os.path.exists(f'/proc/{pid}') for pid in pids):
        assert time.monotonic() - begin < seconds, log.read_text()[-3000:]
        time.sleep(0.05)
    assert time.monotonic() - begin < seconds


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 26 MB: two checkpoints of 10 MB, not three."""
    folder = tmp_path / 'disk'
    folder.mkdir()
    mount = ['mount', '-t', 'tmpfs', '-o', 'size=26m', 'tmpfs', str(folder)]
    if subprocess.run(mount, stderr=subprocess.DEVNULL).returncode:
        pytest.skip('this user may not mount a file system')
    yield folder
    subprocess.run(['umount', '-l', str(folder)], check=True)


def test_killed_in_a_write_and_elsewhere_it_ends_with_the_same_bits(tmp_path):
    write_videos(tmp_path)
    try_case(Case('finetuning', 1, 1, 8), tmp_path, 2, 1, random.Random(0))


def test_told_to_stop_two_processes_end_with_the_same_bits_when_resumed(
        tmp_path):
    write_videos(tmp_path)
    try_case(
        Case('finetuning', 2, 0, 10), tmp_path, 2, 0, random.Random(0), True)


def test_on_a_full_disk_it_says_so_and_goes_on_when_there_is_room(
        small_disk, tmp_path):
    write_videos(tmp_path)
    case, work_dir = Case('finetuning', 1, 0, 3), small_disk / 'work'
    command = command_of(case, tmp_path, work_dir)
    log = tmp_path / 'log'
    assert start(command, log).wait(300) == 1
    assert re.search(
        r'OSError: .*' + re.escape(str(work_dir)) +
        r'/\w+\.pth could not be written \(No space left on device\)',
        log.read_text())
    assert not list(work_dir.glob('.*.part'))
    assert len(list(work_dir.glob('*.pth'))) == 2
    assert find_resumable(work_dir).name == (work_dir /
                                             'last_checkpoint').read_text()
    subprocess.run(['mount', '-o', 'remount,size=400m',
                    str(small_disk)],
                   check=True)
    assert start(command + ['--resume'], log).wait(300) == 0, log.read_text()
    whole = tmp_path / 'whole'
    assert start(command_of(case, tmp_path, whole), log).wait(300) == 0
    assert compare(whole, work_dir, case.epochs) == []


def test_told_to_stop_the_launch_script_ends_all_with_a_checkpoint(
        running, tmp_path):
    process, log = running
    pids = descendants(process.pid)
    process.send_signal(signal.SIGTERM)
    wait_for_all(process, pids, log, 30)
    done = re.search(r'Saving checkpoint at (\d+) iterations\n(?!.*Saving)',
                     log.read_text(), re.DOTALL)
    assert 'told to stop by signal 15' in log.read_text()
    assert find_resumable(tmp_path /
                          'work') == tmp_path / 'work' / f'iter_{done[1]}.pth'


def test_without_one_of_its_processes_the_run_ends(running):
    process, log = running
    pids = descendants(process.pid)
    os.kill(pids[2], signal.SIGKILL)  # after the launcher and the first one
    wait_for_all(process, pids, log, 60)
