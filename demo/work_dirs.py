"""Folders of comparisons: found again by the same options, never mixed."""
import json
from pathlib import Path
from typing import Any, Dict


def claim_work_dir(work_dir: Path, wanted: Dict[str, Any], what: str) -> Path:
    """Make the folder of some runs, or find it.

    Args:
        work_dir (Path): The folder.
        wanted (dict): Options that all runs in it share.
        what (str): What runs there, for messages.

    Returns:
        Path: The folder, absolute.

    Raises:
        ValueError: If it holds runs with other options, or other files.
    """
    record = work_dir / 'options.json'
    if record.is_file():
        found = json.loads(record.read_text())
        if found != wanted:
            raise ValueError(f'`--work-dir` {work_dir} holds runs of {found}, '
                             f'not of {wanted}: name another folder')
    elif work_dir.exists() and any(work_dir.iterdir()):
        raise ValueError(f'`--work-dir` {work_dir} is not empty and holds no '
                         f'{what}: name a new folder')
    work_dir.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps(wanted) + '\n')
    return work_dir.resolve()
