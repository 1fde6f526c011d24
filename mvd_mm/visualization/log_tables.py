"""The curves of a run as a small csv file, to be kept and compared with."""
import csv
import io
from pathlib import Path
from typing import Dict, List

import numpy as np

from mvd_mm.utils.atomic import write_text
from .run_logs import COLUMNS, Points, read_curves

__all__ = ['save_log_table']


def save_log_table(work_dir: str, path: Path, most: int = 100) -> int:
    """Write what the newest run in a work directory has logged as csv.

    A line has the name of a curve, what counts its steps ('iteration' or
    'epoch'), the step and the value, with six digits. Times and memory,
    which belong to a machine, are left out.

    Args:
        work_dir (str): Of ``tools/train.py``. If the run was resumed, the runs
            that it goes on from are read as well.
        path (Path): File to write, ending in .csv.
        most (int): Points of a curve: evenly spread ones, from the first to
            the last.

    Returns:
        int: Lines written below the first, which names the columns.

    Raises:
        FileNotFoundError: If no run has logged there.
        ValueError: If the name ends otherwise, or ``most`` is below 2.
    """
    if path.suffix != '.csv':
        raise ValueError(f'`path` must end in .csv, got {path}')
    if most < 2:
        raise ValueError(f'`most` must be at least 2, got {most}')
    file = io.StringIO()
    writer = csv.writer(file, lineterminator='\n')
    writer.writerow(COLUMNS)
    lines: List[tuple] = []
    kinds: Dict[str, Dict[str, Points]] = read_curves(work_dir)
    for by, curves in kinds.items():
        for name, points in sorted(curves.items()):
            kept = np.linspace(0, len(points) - 1, min(most, len(points)))
            lines += [(name, by, points[int(i)][0], f'{points[int(i)][1]:.6g}')
                      for i in kept.round()]
    writer.writerows(lines)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, file.getvalue())
    return len(lines)
