"""Which checkpoint a run goes on from."""
import logging
import re
import zipfile
from pathlib import Path
from typing import List, Optional

from mmengine.logging import print_log

__all__ = ['find_resumable', 'saved_checkpoints']


def saved_checkpoints(work_dir: Path) -> List[Path]:
    """Checkpoints that a run left in its folder, the newest first."""
    found = [
        path for path in Path(work_dir).glob('*.pth')
        if re.fullmatch(r'(epoch|iter)_\d+\.pth', path.name)
    ]
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


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
            if path.is_file():
                candidates = [path] + [c for c in candidates if c != path]
                break
    damaged = []
    for path in candidates:
        fault = damage_of(path)
        if not fault:
            for bad in damaged:
                print_log(
                    f'{bad}: going on from {path} instead',
                    logger='current',
                    level=logging.WARNING)
            return path
        damaged.append(f'checkpoint {path} is damaged ({fault})')
    if damaged:
        raise ValueError(f'no checkpoint of {work_dir} can be read: ' +
                         '; '.join(damaged))
    return None


def damage_of(path: Path) -> str:
    """Say what is wrong with a file of ``torch.save``; '' for a whole one."""
    if path.stat().st_size == 0:
        return 'it is empty'
    try:
        with zipfile.ZipFile(path) as archive:
            broken = archive.testzip()
    except (zipfile.BadZipFile, OSError, EOFError) as error:
        return f'it is cut short or no checkpoint: {error}'
    return f'the check sum of {broken} is wrong' if broken else ''
