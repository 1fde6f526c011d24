"""The quickstart's command line and the folder of its run."""
import argparse
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any, Dict, Optional

from .places import RUNS

# what a run was started with, and what is found out before it trains
RECORD = 'quickstart.json'
# what `--resume` reads from the record
_RECORDED = ('videos', 'mini', 'ablation', 'smoke', 'task', 'student', 'seed')


def parse_args(args=None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog='python -m demo.quickstart',
        description='Train two teachers and an MVD student on small videos, '
        'and show the result.')
    parser.add_argument(
        '--videos', type=Path, help='folder of videos of your own')
    parser.add_argument(
        '--mini',
        action='store_true',
        help='the harder rendered set, about an hour on two cores')
    parser.add_argument(
        '--ablation',
        action='store_true',
        help='also a student of each teacher alone, fine-tuned as well')
    parser.add_argument(
        '--smoke',
        action='store_true',
        help='every step in a minute; nothing is learned')
    parser.add_argument(
        '--task',
        choices=['recognition', 'detection'],
        default='recognition',
        help='detection: actors with boxes and several actions each')
    parser.add_argument(
        '--student',
        type=Path,
        help="of --task detection; default: the newest quickstart's; without "
        'one it is trained first')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument(
        '--work-dir',
        type=Path,
        help='default: a new folder below work_dirs/quickstart')
    parser.add_argument(
        '--resume',
        action='store_true',
        help='go on with the run of --work-dir, or with the newest one below '
        'work_dirs/quickstart; it keeps the options that it was started with')
    return parser.parse_args(args)


def _defaults() -> Dict[str, Any]:
    return {name: vars(parse_args([]))[name] for name in _RECORDED}


def check_args(args: argparse.Namespace) -> None:
    """Refuse options that exclude each other, and files that do not exist.

    Raises:
        FileNotFoundError: If there is no such student.
        NotADirectoryError: If there is no such folder of videos.
        ValueError: If two options exclude each other.
    """
    if args.student is not None:
        if args.task != 'detection':
            raise ValueError('`--student` belongs to `--task detection`')
        if not args.student.is_file():
            raise FileNotFoundError('`--student`: there is no file '
                                    f'{args.student}')
    if args.task == 'detection' and (args.videos or args.mini
                                     or args.ablation):
        raise ValueError('`--task detection` has a rendered set of its own: '
                         'no `--videos`, `--mini` or `--ablation`')
    if args.videos is None:
        return
    if args.mini:
        raise ValueError('`--mini` and `--videos` exclude each other: one '
                         'renders its videos, the other reads yours')
    if args.ablation:
        raise ValueError('`--ablation` and `--videos` exclude each other: '
                         'students are compared by fine-tuning on the '
                         'rendered classes')
    if not args.videos.is_dir():
        raise NotADirectoryError(f'`--videos` {args.videos} is not a folder; '
                                 'name the one with your videos')


def new_work_dir(wanted: Optional[Path]) -> Path:
    """Make the folder of this run, never one that holds another run's files.

    Raises:
        FileExistsError: If the wanted one holds anything.
    """
    if wanted is None:
        wanted = RUNS / datetime.now().strftime('%Y%m%d_%H%M%S')
    if wanted.exists() and any(wanted.iterdir()):
        hint = ('; `--resume` goes on with the run in it' if
                (wanted / RECORD).is_file() else '')
        raise FileExistsError(f'`--work-dir` {wanted} is not empty: name a '
                              f'new folder, or remove it{hint}')
    wanted.mkdir(parents=True, exist_ok=True)
    return wanted.resolve()


def write_record(work_dir: Path, options: Dict[str, Any]) -> None:
    """Write what ``--resume`` needs to know of a run."""
    text = json.dumps({
        name:
        str(value.resolve()) if isinstance(value, Path) else value
        for name, value in options.items()
    })
    part = work_dir / f'{RECORD}.part'
    part.write_text(text + '\n', encoding='utf-8')
    os.replace(part, work_dir / RECORD)


def read_record(work_dir: Path) -> Dict[str, Any]:
    """Read what :func:`write_record` wrote; empty if there is nothing."""
    path = work_dir / RECORD
    return (json.loads(path.read_text(
        encoding='utf-8')) if path.is_file() else {})


def begin(args: argparse.Namespace) -> Path:
    """Make the folder of a new run and write its options into it.

    Args:
        args (Namespace): Checked by :func:`check_args`.

    Returns:
        Path: The folder.
    """
    work_dir = new_work_dir(args.work_dir)
    write_record(work_dir, {name: getattr(args, name) for name in _RECORDED})
    return work_dir


def resume(args: argparse.Namespace) -> Path:
    """Find the run to go on with and take over its options.

    Args:
        args (Namespace): Is given the options of the run.

    Returns:
        Path: The folder of the run.

    Raises:
        FileNotFoundError: If there is no run to go on with.
        ValueError: If an option differs from that of the run.
    """
    work_dir = args.work_dir
    if work_dir is None:
        found = sorted(path.parent for path in RUNS.glob(f'*/{RECORD}'))
        if not found:
            raise FileNotFoundError(
                f'`--resume`: there is no run below {RUNS}; name its folder '
                'with `--work-dir`, or start one without `--resume`')
        work_dir = found[-1]
    record = read_record(work_dir)
    if not record:
        raise FileNotFoundError(
            f'`--resume`: `--work-dir` {work_dir} holds no {RECORD}, hence '
            'no run of this quickstart; start one without `--resume`')
    for name, default in _defaults().items():
        value, wanted = record[name], getattr(args, name)
        if name in ('videos', 'student') and value is not None:
            value = Path(value)
            wanted = wanted and wanted.resolve()
        if wanted not in (default, value):
            raise ValueError(
                f'`--resume`: the run in {work_dir} was started with '
                f'`--{name}` {value}, not {wanted}; leave the option out, or '
                'start another run without `--resume`')
        setattr(args, name, value)
    return work_dir.resolve()
