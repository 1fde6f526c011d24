"""Runs of ``tools/train.py`` and ``tools/test.py``, with progress."""
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, List

from mmengine.config import Config

from .clock import Clock, clock_time
from .places import TOOLS
from .stage import Stage

Options = Dict[str, Any]  # ``--cfg-options``
_LINE = re.compile(r'Epoch\(train\)\s+\[(\d+)\]\[\s*(\d+)/(\d+)\].*?'
                   r'(loss: [\d.]+.*)$')


def short_options(smoke: bool) -> Options:
    """``--cfg-options`` that make every training one epoch for ``--smoke``."""
    return {'train_cfg.max_epochs': 1} if smoke else {}


def checkpoint_of(work_dir: Path) -> str:
    """Path of the last checkpoint of a run."""
    return (work_dir / 'last_checkpoint').read_text().strip()


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
    command = _command('train.py', stage.config, '--work-dir', stage.work_dir,
                       '--seed', seed, '--cfg-options', *_pairs(options))
    stage.work_dir.mkdir(parents=True, exist_ok=True)
    log = stage.work_dir / 'train.log'
    print(f'{stage.title}\n  python tools/train.py {stage.config.name}, '
          f'log: {log}')
    terminal, shown, begin = sys.stdout.isatty(), 0., time.monotonic()
    cfg = Config.fromfile(stage.config)
    epochs = options.get('train_cfg.max_epochs', cfg.train_cfg.max_epochs)
    with log.open(
            'w', buffering=1) as file, subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors='replace') as process:
        assert process.stdout is not None  # it is a pipe
        for line in process.stdout:
            file.write(line)
            match = _LINE.search(line)
            if match is None:
                continue
            epoch, step, steps = map(int, match.groups()[:3])
            share = ((epoch - 1) * steps + step) / (epochs * steps)
            now = time.monotonic()
            if share < 1 and now - shown < (0.5 if terminal else 10):
                continue
            shown = now
            text = (f'  epoch {epoch}/{epochs}, {100 * share:3.0f} %, '
                    f'{_losses(match[4])}, {clock.text(stage.weight, share)}')
            print(
                f'\r{text:<110}' if terminal else text,
                end='' if terminal else '\n',
                flush=True)
    if terminal:
        print()
    _check(stage, process.returncode, log)
    clock.done += stage.weight
    print(f'  done in {clock_time(time.monotonic() - begin)}')
    return checkpoint_of(stage.work_dir)


def test(stage: Stage, checkpoint: str, options: Options, *arguments:
         object) -> Dict[str, float]:
    """Run ``tools/test.py`` on what a stage has trained.

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
    folder.mkdir()
    log = folder / 'test.log'
    print(f'  python tools/test.py {stage.config.name}, log: {log}')
    with log.open('w') as file:
        status = subprocess.run(
            _command('test.py', stage.config, checkpoint, '--work-dir', folder,
                     *arguments, '--cfg-options', *_pairs(options)),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT).returncode
    _check(stage, status, log)
    metrics, = folder.glob('*/*.json')
    return json.loads(metrics.read_text())
