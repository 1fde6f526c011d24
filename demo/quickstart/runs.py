"""Runs of ``tools/train.py`` and ``tools/test.py``, with progress."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator, List, Sequence, TextIO

import torch
from mmengine.config import Config

from .clock import Clock, clock_time
from .places import TOOLS
from .stage import Stage

Options = Dict[str, Any]  # ``--cfg-options``
FINISHED = 'finished'  # a file in the folder of a run that ended well
_LINE = re.compile(r'Epoch\(train\)\s+\[(\d+)\]\[\s*(\d+)/(\d+)\].*?'
                   r'(loss: [\d.]+.*)$')


def short_options(smoke: bool) -> Options:
    """``--cfg-options`` that make every training one epoch for ``--smoke``."""
    return {'train_cfg.max_epochs': 1} if smoke else {}


def worker_options(loaders: Sequence[str]) -> Options:
    """``--cfg-options`` that keep a GPU busy; none without a GPU.

    Without one, frames come from memory and a worker would only take a core
    from training: the configs' own numbers hold.

    Args:
        loaders (Sequence[str]): Of the config, e.g. ``'train'``.
    """
    if not torch.cuda.is_available():
        return {}
    cores = (
        len(os.sched_getaffinity(0))
        if hasattr(os, 'sched_getaffinity') else os.cpu_count() or 1)
    # each worker keeps the decoded set in memory: more than 8 gain little
    number = max(1, min(8, cores - 1))
    options: Options = {}
    for name in loaders:
        options[f'{name}_dataloader.num_workers'] = number
        options[f'{name}_dataloader.persistent_workers'] = True
    return options


def checkpoint_of(work_dir: Path) -> str:
    """Path of the last checkpoint of a run, whose folder may have moved."""
    noted = Path((work_dir / 'last_checkpoint').read_text().strip())
    # a name, or the path where MMEngine wrote it
    path = work_dir / noted
    return str(path if path.is_file() else work_dir / noted.name)


def is_finished(folder: Path) -> bool:
    """Whether the run of a folder ended well."""
    return (folder / FINISHED).is_file()


def _begin(folder: Path) -> bool:
    """Make the folder of a run; return whether it can be resumed.

    What an interrupted run left without a checkpoint is removed.
    """
    if any(folder.glob('*.pth')):
        return True
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    return False


def _command(script: str, *arguments: object) -> List[str]:
    return [sys.executable, str(TOOLS / script), *map(str, arguments)]


def _pairs(options: Options) -> List[str]:
    return [f'{key}={value}' for key, value in options.items()]


def _losses(text: str) -> str:
    # a detector's line also holds accuracies and is too long for a terminal
    return '  '.join(re.findall(r'\bloss\w*: [\d.]+', text))


def _check(stage: Stage, status: int, log: Path) -> None:
    if status:
        print(''.join(log.read_text().splitlines(True)[-15:]), file=sys.stderr)
        raise RuntimeError(f'{stage.title}: the run failed with status '
                           f'{status}; the whole log is {log}')


def train(stage: Stage, options: Options, seed: int, clock: Clock) -> str:
    """Run ``tools/train.py`` and show how far it is.

    A run that ended well is kept; one that was interrupted goes on from its
    last checkpoint.

    Args:
        stage (Stage): What to train.
        options (dict): ``--cfg-options``.
        seed (int): Of the run.
        clock (Clock): Estimates the time left of all stages.

    Returns:
        str: Path of the checkpoint.

    Raises:
        RuntimeError: If the run fails; its last lines are printed.
    """
    folder = stage.work_dir
    if is_finished(folder):
        print(f'{stage.title}\n  finished before: {checkpoint_of(folder)}')
        clock.skip(stage.weight)
        return checkpoint_of(folder)
    resumed = ['--resume'] if _begin(folder) else []
    command = _command('train.py', stage.config, '--work-dir', folder,
                       '--seed', seed, *resumed, '--cfg-options',
                       *_pairs(options))
    log = folder / 'train.log'
    how = ' --resume' if resumed else ''
    print(f'{stage.title}\n  python tools/train.py {stage.config.name}{how}, '
          f'log: {log}')
    begin = time.monotonic()
    cfg = Config.fromfile(stage.config)
    epochs = options.get('train_cfg.max_epochs', cfg.train_cfg.max_epochs)
    with _sigterm_as_interrupt(), log.open(
            'a', buffering=1) as file, subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors='replace') as process:
        try:
            weight = _follow(process, file, stage.weight, epochs, clock)
        except BaseException:  # an interruption ends the run as well
            _end(process, file)
            raise
    _check(stage, process.returncode, log)
    clock.done += weight
    print(f'  done in {clock_time(time.monotonic() - begin)}')
    checkpoint = checkpoint_of(folder)
    (folder / FINISHED).touch()
    return checkpoint


@contextmanager
def _sigterm_as_interrupt() -> Iterator[None]:
    """Treat SIGTERM as Ctrl+C: it would end this process, not its training.

    Only while a training runs: worker processes would inherit it.
    """
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(process: subprocess.Popen, log: TextIO) -> None:
    """End a training; it may take a while to save what it has."""
    process.terminate()
    try:
        log.write(process.communicate(timeout=60)[0])
    except subprocess.TimeoutExpired:
        process.kill()


def _follow(process: subprocess.Popen, log: TextIO, weight: float, epochs: int,
            clock: Clock) -> float:
    """Copy what a training prints to its log, and show how far it is.

    Args:
        process (Popen): The training.
        log (TextIO): Where its lines go.
        weight (float): Of the stage, see :class:`Stage`.
        epochs (int): Of the whole training.
        clock (Clock): Estimates the time left of all stages.

    Returns:
        float: The weight of what was trained now, without what was trained
        before an interruption.
    """
    terminal, shown, before = sys.stdout.isatty(), 0., None
    assert process.stdout is not None  # it is a pipe
    for line in process.stdout:
        log.write(line)
        match = _LINE.search(line)
        if match is None:
            continue
        epoch, step, steps = map(int, match.groups()[:3])
        if before is None:  # epochs that an interrupted run did
            before = (epoch - 1) / epochs
            clock.skip(weight * before)
            weight *= 1 - before
        share = ((epoch - 1) * steps + step) / (epochs * steps)
        now = time.monotonic()
        if share < 1 and now - shown < (0.5 if terminal else 10):
            continue
        shown = now
        left = clock.text(weight, (share - before) / (1 - before))
        text = (f'  epoch {epoch}/{epochs}, {100 * share:3.0f} %, '
                f'{_losses(match[4])}, {left}')
        print(
            f'\r{text:<110}' if terminal else text,
            end='' if terminal else '\n',
            flush=True)
    if terminal:
        print()
    return weight


def test(stage: Stage, checkpoint: str, options: Options, *arguments:
         object) -> Dict[str, float]:
    """Run ``tools/test.py`` on what a stage has trained.

    The metrics of a test that ended well are read again.

    Args:
        stage (Stage): Its config is that of the test.
        checkpoint (str): Of the stage.
        options (dict): ``--cfg-options``.
        *arguments: Further ones of the command.

    Returns:
        dict: The metrics by MMEngine's names.

    Raises:
        RuntimeError: If the run fails; its last lines are printed.
    """
    folder = stage.work_dir / 'test'
    if not is_finished(folder):
        if folder.exists():  # of an interrupted test
            shutil.rmtree(folder)
        folder.mkdir()
        log = folder / 'test.log'
        print(f'  python tools/test.py {stage.config.name}, log: {log}')
        with _sigterm_as_interrupt(), log.open('w') as file:
            status = subprocess.run(
                _command('test.py', stage.config, checkpoint,
                         '--work-dir', folder, *arguments, '--cfg-options',
                         *_pairs(options)),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT).returncode
        _check(stage, status, log)
        (folder / FINISHED).touch()
    metrics, = folder.glob('*/*.json')
    return json.loads(metrics.read_text())
