"""What a run has logged: MMEngine's files, or a small csv made of them."""
import csv
import json
import re
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Tuple

__all__ = [
    'COLUMNS', 'Curves', 'Points', 'read_curves', 'read_losses', 'read_metric',
    'read_values'
]

Points = List[Tuple[int, float]]
Curves = Dict[str, Points]
#: of a csv file: the curve, what counts its steps, the step, its value
COLUMNS = ('curve', 'by', 'step', 'value')
# no curves: counters, and what belongs to a machine
_OTHERS = ('base_lr', 'data_time', 'epoch', 'iter', 'memory', 'step', 'time')
_RESUMED = re.compile(r'^resume = True$', re.MULTILINE)


def _logs(work_dir: str) -> List[Path]:
    """Logs of the newest training, in order; several if it was resumed."""
    logs = sorted(Path(work_dir).glob('*/vis_data/scalars.json'))
    if not logs:
        raise FileNotFoundError(
            f'`work_dir` {str(work_dir)!r} holds no */vis_data/scalars.json: '
            'train into it first')
    first = len(logs) - 1
    while first > 0 and _was_resumed(logs[first]):
        first -= 1
    return logs[first:]


def _was_resumed(log: Path) -> bool:
    config = log.with_name('config.py')  # MMEngine writes it at the start
    return (config.is_file() and _RESUMED.search(
        config.read_text(encoding='utf-8')) is not None)


def _entries(log: Path) -> Iterator[Dict[str, Any]]:
    for line in log.read_text(encoding='utf-8').splitlines():
        try:
            entry = json.loads(line)
        except ValueError:  # the run was killed while it wrote the line
            continue
        if 'step' in entry:
            yield entry


def _join(curves: Curves, later: Curves) -> None:
    """Add curves; they replace what they repeat after an interruption."""
    for key, points in later.items():
        kept = [p for p in curves.get(key, []) if p[0] < points[0][0]]
        curves[key] = kept + points


def _table(path: str, by: str) -> Curves:
    """Curves of a csv file whose steps are iterations, or epochs."""
    if not Path(path).is_file():
        raise FileNotFoundError(f'there is no file {path}')
    curves: Curves = {}
    with open(path, newline='', encoding='utf-8') as file:
        rows = csv.reader(file)
        try:
            if tuple(next(rows)) != COLUMNS:
                raise ValueError('other columns')
            for name, kind, step, value in rows:
                if kind == by:
                    curves.setdefault(name, []).append(
                        (int(step), float(value)))
        except (StopIteration, ValueError) as error:
            raise ValueError(f'{path} is no csv file of logs with the columns '
                             f'{", ".join(COLUMNS)} ({error}): write one with '
                             'tools/analysis_tools/log_to_csv.py') from None
    return curves


def read_losses(work_dir: str) -> Curves:
    """Read the losses of a run; see :func:`read_values`.

    Args:
        work_dir (str): Of ``tools/train.py``, or a csv file.

    Returns:
        dict: Points (iteration, value) of every loss.

    Raises:
        FileNotFoundError: If no run has logged there.
    """
    return read_values(work_dir, lambda key: 'loss' in key)


def read_values(work_dir: str, wanted: Callable[[str], bool]) -> Curves:
    """Read what the newest run in a work directory has logged.

    If that run was resumed, the runs that it goes on from are read as well.

    Args:
        work_dir (str): Of ``tools/train.py``, or a csv file of
            :func:`.save_log_table`.
        wanted (callable): Says of a name, e.g. ``'lr'``, whether to read it.

    Returns:
        dict: Points (iteration, value) by name.

    Raises:
        FileNotFoundError: If no run has logged there.
        ValueError: If a csv file is none of this kind.
    """
    if str(work_dir).endswith('.csv'):
        return {
            name: points
            for name, points in _table(work_dir, 'iteration').items()
            if wanted(name)
        }
    curves: Curves = {}
    for log in _logs(work_dir):
        later: Curves = {}
        for entry in _entries(log):
            for key, value in entry.items():
                if wanted(key):
                    later.setdefault(key, []).append((entry['step'], value))
        _join(curves, later)
    return curves


def read_metric(work_dir: str, name: str) -> Points:
    """Read a metric of the validations of the newest run.

    If that run was resumed, the runs that it goes on from are read as well.

    Args:
        work_dir (str): Of ``tools/train.py``, or a csv file.
        name (str): MMEngine's name of the metric, e.g. ``'acc/top1'``.

    Returns:
        list[tuple[int, float]]: Epoch and value of each validation; empty if
        there was none.

    Raises:
        FileNotFoundError: If no run has logged there.
        ValueError: If a csv file is none of this kind.
    """
    if str(work_dir).endswith('.csv'):
        return _table(work_dir, 'epoch').get(name, [])
    curves: Curves = {}
    for log in _logs(work_dir):
        points = [(entry['step'], entry[name]) for entry in _entries(log)
                  if name in entry]
        if points:
            _join(curves, {name: points})
    return curves.get(name, [])


def read_curves(work_dir: str) -> Dict[str, Curves]:
    """Read all that the newest run in a work directory has logged.

    Args:
        work_dir (str): Of ``tools/train.py``.

    Returns:
        dict: 'iteration': curves of the training, 'epoch': metrics of the
        validations. Times, memory and counters are left out.

    Raises:
        FileNotFoundError: If no run has logged there.
    """
    kinds: Dict[str, Curves] = {'iteration': {}, 'epoch': {}}
    for log in _logs(work_dir):
        later: Dict[str, Curves] = {'iteration': {}, 'epoch': {}}
        for entry in _entries(log):
            by = 'iteration' if 'iter' in entry else 'epoch'
            for key, value in entry.items():
                if key not in _OTHERS:
                    later[by].setdefault(key, []).append(
                        (entry['step'], value))
        for by, curves in later.items():
            _join(kinds[by], curves)
    return kinds
