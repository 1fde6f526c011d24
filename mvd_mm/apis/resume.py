"""Which checkpoint a run goes on from."""
import logging
import os
import re
import zipfile
from pathlib import Path
from typing import List, Optional

from mmengine.logging import print_log

__all__ = ['choose_start', 'find_resumable', 'is_restart', 'saved_checkpoints']


def saved_checkpoints(work_dir: Path) -> List[Path]:
    """Checkpoints that a run left in its folder, the newest first."""
    found = [
        path for path in Path(work_dir).glob('*.pth')
        if re.fullmatch(r'(epoch|iter)_\d+\.pth', path.name)
    ]
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


def choose_start(work_dir: Path, resume: bool, overwrite: bool,
                 optional: bool) -> Optional[Path]:
    """Decide whether a run begins or goes on.

    Args:
        work_dir (Path): Of the run.
        resume (bool): Go on from the newest whole checkpoint.
        overwrite (bool): Begin, whatever the folder holds.
        optional (bool): With ``resume``: begin if there is no checkpoint.

    Returns:
        Path, optional: What to resume from; None to begin.

    Raises:
        FileNotFoundError: If there is no checkpoint to resume from.
        ValueError: If a run would begin in a folder with checkpoints and
            ``overwrite`` was not asked for, or with ``resume`` as well.
    """
    restarts = _restarts()
    if resume and overwrite:
        raise ValueError('`--resume` goes on with a run, `--overwrite` begins '
                         'another in its place: give one of them')
    if resume or restarts:
        found = find_resumable(work_dir)
        if found is None and not optional and not restarts:
            raise FileNotFoundError(
                f'`--resume`: there is no checkpoint in {work_dir} to go on '
                'from; leave `--resume` out to begin, or name a checkpoint: '
                '`--resume PATH`')
        if restarts:
            _say(f'restart {restarts} by torchrun: ' +
                 (f'going on from {found}' if found else 'there is no '
                  'checkpoint yet, beginning again'))
        return found
    found_here = saved_checkpoints(work_dir)
    if found_here and not overwrite:
        raise ValueError(
            f'{work_dir} holds checkpoints of a run, the newest is '
            f'{found_here[0].name}: `--resume` goes on with it, `--overwrite` '
            'begins anew and replaces files of the same name, another '
            '`--work-dir` keeps both')
    if found_here:
        _say(f'`--overwrite`: beginning anew in {work_dir}. Nothing is '
             f'deleted; of the {len(found_here)} checkpoints there, those '
             'are replaced whose names this run writes')
    return None


def is_restart(work_dir: Path) -> bool:
    """Whether torchrun has started a run again that has checkpoints.

    These are newer than one that its command line names.
    """
    return bool(_restarts() and saved_checkpoints(work_dir))


def _restarts() -> int:
    """How often torchrun has started the processes of this run again."""
    return int(os.environ.get('TORCHELASTIC_RESTART_COUNT', 0))


def _say(text: str, level: int = logging.WARNING) -> None:
    """Log a line once, not in every process of a run."""
    rank = os.environ.get('RANK', os.environ.get('SLURM_PROCID', '0'))
    if rank == '0':
        print_log(text, logger='current', level=level)


def find_resumable(work_dir: Path) -> Optional[Path]:
    """Find the newest whole checkpoint of a work directory.

    ``last_checkpoint`` names the newest one. A file that is empty or damaged
    is passed over, with a line in the log that names it and the one that is
    used; so is a note that leads nowhere.

    Args:
        work_dir (Path): Of the run; it may have been moved.

    Returns:
        Path, optional: None if there is no checkpoint.

    Raises:
        ValueError: If there are checkpoints, but all of them are damaged.
    """
    candidates = saved_checkpoints(work_dir)
    note = Path(work_dir) / 'last_checkpoint'
    if note.is_file() and note.read_text(encoding='utf-8').strip():
        noted = Path(note.read_text(encoding='utf-8').strip())
        # a name from here on; runs of older versions noted a whole path
        for path in (Path(work_dir) / noted, Path(work_dir) / noted.name,
                     noted):
            if path.exists():
                candidates = [path] + [c for c in candidates if c != path]
                break
    damaged: List[str] = []
    for path in candidates:
        fault = damage_of(path)
        if not fault:
            for bad in damaged:
                _say(f'{bad}: going on from {path} instead')
            return path
        damaged.append(f'checkpoint {path} is damaged ({fault})')
    if damaged:
        raise ValueError(f'no checkpoint of {work_dir} can be read: ' +
                         '; '.join(damaged))
    return None


def damage_of(path: Path) -> str:
    """Say what is wrong with a file of ``torch.save``; '' for a whole one.

    A folder, as DeepSpeed writes it, is whole if all of its files are.
    """
    if path.is_dir():
        parts = sorted(path.glob('*.pt'))
        faults = [f'{p.name}: {damage_of(p)}' for p in parts if damage_of(p)]
        return '; '.join(faults[:1]) if parts else 'the folder has no files'
    if path.stat().st_size == 0:
        return 'it is empty'
    try:
        with zipfile.ZipFile(path) as archive:
            broken = archive.testzip()
    except (zipfile.BadZipFile, OSError, EOFError) as error:
        return f'it is cut short or no checkpoint: {error}'
    return f'the check sum of {broken} is wrong' if broken else ''
