"""Train two teachers and an MVD student on small videos, and show the result.

Called by tools/quickstart.sh, which sets the environment up. Each stage is a
run of tools/train.py with a config of configs/mvd/quickstart.
"""
import argparse
import sys
import time
import warnings
from datetime import datetime
from pathlib import Path
from typing import Optional

ROOT = Path(__file__).resolve().parents[1]
# MMEngine's own import, before mvd_mm.compat can hide it
warnings.filterwarnings('ignore', message='pkg_resources is deprecated')
sys.path[:0] = [str(ROOT), str(ROOT / 'tools' / 'analysis_tools')]

from .data import get_data  # noqa: E402
from .finetuning import finetune_all, finetune_options  # noqa: E402
from .plan import pretrain, stages_of  # noqa: E402
from .stage import Clock, clock_time  # noqa: E402


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
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
        help="of --task detection; default: the newest quickstart's, else "
        'it is trained first')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument(
        '--work-dir',
        type=Path,
        help='default: a new folder below work_dirs/quickstart')
    return parser.parse_args()


def check_args(args: argparse.Namespace) -> None:
    """Refuse what cannot be done together.

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
        raise NotADirectoryError(f'`--videos` {args.videos} is no folder')


def new_work_dir(wanted: Optional[Path]) -> Path:
    """The folder of this run, never one that holds another run's files.

    Raises:
        FileExistsError: If the wanted one holds anything.
    """
    if wanted is None:
        stamp = datetime.now().strftime('%Y%m%d_%H%M%S')
        wanted = ROOT / 'work_dirs' / 'quickstart' / stamp
    if wanted.exists() and any(wanted.iterdir()):
        raise FileExistsError(f'`--work-dir` {wanted} is not empty: name a '
                              'new folder, or remove it')
    wanted.mkdir(parents=True, exist_ok=True)
    return wanted.resolve()


def main() -> None:
    args = parse_args()
    begin = time.monotonic()
    check_args(args)
    work_dir = new_work_dir(args.work_dir)
    print(f'MVD quickstart, all files go to {work_dir}')
    if args.task == 'detection':
        from .detection import detect
        table, path = detect(args.student, args.smoke, args.seed, work_dir)
        print(f'\n{table}\n\nreport: {path}\n'
              f'took {clock_time(time.monotonic() - begin)}')
        return
    kind = 'videos' if args.videos else 'mini' if args.mini else 'quickstart'
    data = get_data(args.videos, work_dir, args.smoke, args.mini)
    short = {
        'train_cfg.max_epochs': 1,
        'param_scheduler.end': 1,
        'param_scheduler.warmup': 0
    } if args.smoke else {}
    stages = stages_of(work_dir, kind, args.ablation)
    clock = Clock(list(stages.values()))
    checkpoints = pretrain(stages, {**data.options, **short}, args.seed, clock)
    accuracies = finetune_all(stages, checkpoints, {
        **finetune_options(data, args.smoke),
        **short
    }, args.seed, clock)

    print('evaluation on held-out clips: probes, predicted variance, pictures')
    # imported here: the progress of the trainings shows seconds earlier
    from .report import report
    how = (f'Seed {args.seed}, videos: ' +
           (f'{args.videos}.' if args.videos else
            f"rendered (motion_shapes, {'hard' if args.mini else 'easy'})."))
    table, path = report(work_dir, stages, checkpoints, data, accuracies,
                         args.seed, how)
    print(f'\n{table}\n\nreport: {path}\n'
          f'took {clock_time(time.monotonic() - begin)}')


if __name__ == '__main__':
    main()
