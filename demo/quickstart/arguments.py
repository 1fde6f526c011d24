"""The quickstart's command line and the folder of its run."""
import argparse
from datetime import datetime
from pathlib import Path
from typing import Optional

from .places import RUNS


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
    return parser.parse_args(args)


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
        raise FileExistsError(f'`--work-dir` {wanted} is not empty: name a '
                              'new folder, or remove it')
    wanted.mkdir(parents=True, exist_ok=True)
    return wanted.resolve()
