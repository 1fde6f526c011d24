"""Kill small runs again and again, and compare the end with whole ones.

    python tests/tools/interruptions.py [--kills 10] [--in-writes 3] [--seed 0]
        [--terminate]

For pre-training and for fine-tuning with Mixup, with one process and with
two: one run is left alone; another is killed (SIGKILL, all of its processes)
at random moments, some of them while a checkpoint is written, and resumed
each time. With `--terminate`, it is told to stop instead (SIGTERM to the
command that launched it). Weights, optimiser and schedule at the end must have
the same bits.
"""
import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional

import cv2
import numpy as np
import torch

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {
    **os.environ, 'OMP_NUM_THREADS': '1',
    'CUDA_VISIBLE_DEVICES': '',
    'MVD_MM_PYTHON': sys.executable,
    'PYTHONPATH': str(ROOT)
}
NUM_VIDEOS = {1: 14, 2: 12}  # by processes: 7 and 3 batches of 2
COMMON = '''
train_cfg = dict(max_epochs={epochs})
train_dataloader = dict(
    batch_size=2,
    num_workers={workers},
    persistent_workers={workers} > 0,
    dataset=dict(
        ann_file=r'{root}/list{processes}.txt',
        data_prefix=dict(video=r'{root}')))
# more batches than one are accumulated over the end of an epoch
# 'auto' measures: two runs on a busy machine might choose differently
optim_wrapper = dict(accumulative_counts=2, dtype='bfloat16')
param_scheduler = dict(end={epochs}, warmup=1)
default_hooks = dict(
    logger=dict(interval=1), checkpoint=dict(interval=1, iters=2))
randomness = dict(seed=3, diff_rank_seed=True)
'''
CONFIGS = dict(
    pretraining='''
_base_ = r'{configs}/quickstart/{pretraining}'
model = dict(
    backbone=dict(drop_path_rate=0.1),
    branches=dict(
        image=dict(teacher=dict(random_init=True)),
        video=dict(teacher=dict(random_init=True))))
''',
    finetuning='''
_base_ = r'{configs}/quickstart/{finetuning}'
model = dict(
    backbone=dict(drop_path_rate=0.1),
    data_preprocessor=dict(
        blending=dict(type='MixupBlending', num_classes=10, alpha=0.8)))
val_dataloader = dict(
    num_workers=0, persistent_workers=False, batch_size=2,
    dataset=dict(
        ann_file=r'{root}/list{processes}.txt',
        data_prefix=dict(video=r'{root}')))
''')


class Case(NamedTuple):
    """What is trained, and how."""

    kind: str
    processes: int
    workers: int
    epochs: int


def write_videos(root: Path) -> None:
    """Videos of noise that moves, and their list."""
    rng = np.random.default_rng(0)
    for index in range(max(NUM_VIDEOS.values())):
        frame = rng.integers(0, 255, (64, 64, 3), dtype=np.uint8)
        writer = cv2.VideoWriter(
            str(root / f'{index}.mp4'), cv2.VideoWriter_fourcc(*'mp4v'), 10,
            (64, 64))
        for step in range(24):
            writer.write(np.roll(frame, 3 * step, axis=1))
        writer.release()
    for processes, number in NUM_VIDEOS.items():
        (root / f'list{processes}.txt').write_text(''.join(
            f'{i}.mp4 {i % 10}\n' for i in range(number)))


def command_of(case: Case, root: Path, work_dir: Path) -> List[str]:
    """Write the config of a case and name the command that trains it."""
    configs = ROOT / 'configs' / 'mvd'
    pretraining, = (
        configs / 'quickstart').glob('mvd_*p8_teachers-*motion-shapes-rgb.py')
    finetuning, = (configs /
                   'quickstart').glob('vit-micro-p8*_motion-shapes-rgb.py')
    text = (CONFIGS[case.kind] + COMMON).format(
        configs=configs,
        root=root,
        pretraining=pretraining.name,
        finetuning=finetuning.name,
        **case._asdict())
    config = root / f'{case.kind}_{case.processes}_{case.workers}.py'
    config.write_text(text)
    options = ['--work-dir', str(work_dir)]
    if case.processes == 1:
        train = ROOT / 'tools' / 'train.py'
        return [sys.executable, str(train), str(config), *options]
    return [
        'bash',
        str(ROOT / 'tools' / 'dist_train.sh'),
        str(config),
        str(case.processes), *options
    ]


def start(command: List[str], log: Path) -> subprocess.Popen:
    with log.open('a') as file:
        return subprocess.Popen(
            command,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True)


def descendants(pid: int) -> List[int]:
    """A process and all that it started, in any session."""
    children: Dict[int, List[int]] = {}
    for path in Path('/proc').glob('[0-9]*/stat'):
        try:
            parent = int(path.read_text().rpartition(')')[2].split()[1])
        except (OSError, IndexError):
            continue  # it ended meanwhile
        children.setdefault(parent, []).append(int(path.parent.name))
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found


def kill(process: subprocess.Popen) -> None:
    """SIGKILL for a run: first what could react to the end of another."""
    pids = descendants(process.pid)
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for pid in pids:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass
    process.wait()


def terminate(process: subprocess.Popen, log: Path) -> None:
    """SIGTERM for the command; it saves and ends."""
    process.send_signal(signal.SIGTERM)
    begin = time.monotonic()
    status = process.wait(60)
    assert status, 'the run ended while it was told to stop: more epochs'
    assert 'told to stop by signal 15' in log.read_text(), status
    assert time.monotonic() - begin < 60


def kill_at_random(process: subprocess.Popen,
                   work_dir: Path,
                   in_write: bool,
                   rng: random.Random,
                   log: Path,
                   gently: bool = False) -> Optional[str]:
    """Kill a run some time after it has begun to train.

    Returns:
        str, optional: 'write' if a checkpoint was half written, else
        'training'; None if the run ended before.
    """
    begin = log.stat().st_size
    end = time.monotonic() + 300
    while b'Epoch(train)' not in log.read_bytes()[begin:]:
        if process.poll() is not None or time.monotonic() > end:
            kill(process)
            raise RuntimeError(log.read_text()[-3000:])
        time.sleep(0.01)
    wait = time.monotonic() + rng.uniform(0, 0.8)
    if in_write:
        skipped = rng.randrange(3)  # writes of another file
        seen = None
        while process.poll() is None and time.monotonic() < end:
            parts = list(work_dir.glob('.*.pth.part'))
            if parts and parts[0] != seen:
                if not skipped:
                    break
                skipped, seen = skipped - 1, parts[0]
    else:
        while process.poll() is None and time.monotonic() < wait:
            time.sleep(0.005)
    if process.poll() is not None:
        return None
    if gently:
        terminate(process, log)
        return 'training'
    kill(process)
    return 'write' if list(work_dir.glob('.*.pth.part')) else 'training'


def differences(one: object, other: object, path: str = '') -> List[str]:
    """Where two trees of tensors and numbers differ by a bit."""
    if isinstance(one, torch.Tensor):
        return [] if torch.equal(one, other) else [path]
    if isinstance(one, dict):
        if set(one) != set(other):
            return [path]
        pairs = [(key, one[key], other[key]) for key in one]
    elif isinstance(one, (list, tuple)):
        if len(one) != len(other):
            return [path]
        pairs = [(i, a, b) for i, (a, b) in enumerate(zip(one, other))]
    else:
        return [] if one == other else [path]
    return [
        found for key, a, b in pairs
        for found in differences(a, b, f'{path}.{key}')
    ]


def compare(whole: Path, interrupted: Path, epochs: int) -> List[str]:
    """Compare the last checkpoints of two runs."""
    one, other = (
        torch.load(folder / f'epoch_{epochs}.pth', weights_only=False)
        for folder in (whole, interrupted))
    keys = ('state_dict', 'optimizer', 'param_schedulers')
    return [d for key in keys for d in differences(one[key], other[key], key)]


def try_case(case: Case,
             root: Path,
             kills: int,
             in_writes: int,
             rng: random.Random,
             gently: bool = False) -> None:
    """Train whole and with kills, compare; prints a line.

    Raises:
        AssertionError: If the ends differ or a run fails.
    """
    folder = root / f'{case.kind}-{case.processes}'
    folder.mkdir()
    log = folder / 'log'
    process = start(command_of(case, root, folder / 'whole'), log)
    assert process.wait(600) == 0, log.read_text()[-3000:]

    work_dir, log = folder / 'interrupted', folder / 'interrupted.log'
    command = command_of(case, root, work_dir)
    hits: List[str] = []
    places: List[str] = []
    while True:
        # not --resume, which wants a checkpoint: the kill may have come first
        process = start(
            command + (['--cfg-options', 'resume=True'] if hits else []), log)
        if len(hits) >= kills and hits.count('write') >= in_writes:
            break
        missing = in_writes - hits.count('write')
        hit = kill_at_random(
            process, work_dir, missing > 0 and rng.random() < 0.5
            or kills - len(hits) <= missing, rng, log, gently)
        if hit is None:
            break
        hits.append(hit)
        note = work_dir / 'last_checkpoint'
        places.append(note.read_text() if note.is_file() else '-')
    assert process.wait(600) == 0, log.read_text()[-3000:]
    found = compare(folder / 'whole', work_dir, case.epochs)
    print(
        f'{case}: {len(hits)} {"SIGTERM" if gently else "kills"}, '
        f'{hits.count("write")} inside a write, '
        f'after {places}: {len(found)} differences {found[:5]}',
        flush=True)
    assert not found
    assert len(hits) >= kills and hits.count('write') >= in_writes, (
        'the run ended before it was killed often enough: more epochs')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--kills', type=int, default=10)
    parser.add_argument('--in-writes', type=int, default=3)
    parser.add_argument('--terminate', action='store_true')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--epochs', type=int, default=30)
    parser.add_argument('--kinds', nargs='+', default=list(CONFIGS))
    parser.add_argument('--processes', nargs='+', type=int, default=[1, 2])
    args = parser.parse_args()
    rng = random.Random(args.seed)
    with tempfile.TemporaryDirectory() as folder:
        write_videos(Path(folder))
        for processes in args.processes:
            for kind in args.kinds:
                case = Case(kind, processes, 2 - processes, args.epochs)
                try_case(case, Path(folder), args.kills,
                         0 if args.terminate else args.in_writes, rng,
                         args.terminate)


if __name__ == '__main__':
    main()
