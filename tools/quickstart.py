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
from typing import List, Optional

ROOT = Path(__file__).resolve().parents[1]
# MMEngine's own import, before mvd_mm.compat can hide it
warnings.filterwarnings('ignore', message='pkg_resources is deprecated')
sys.path[:0] = [str(ROOT), str(ROOT / 'tools' / 'analysis_tools')]

from _quickstart.data import get_data  # noqa: E402
from _quickstart.stage import Clock, Stage, clock_time, train  # noqa: E402


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        '--videos', type=Path, help='folder of videos of your own')
    parser.add_argument(
        '--mini',
        action='store_true',
        help='the harder rendered set, about an hour on two cores')
    parser.add_argument(
        '--smoke',
        action='store_true',
        help='every step in a minute; nothing is learned')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument(
        '--work-dir',
        type=Path,
        help='default: a new folder below work_dirs/quickstart')
    return parser.parse_args()


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


def stages_of(work_dir: Path, kind: str) -> List[Stage]:
    """The three trainings; weights are shares of time, as measured.

    Args:
        work_dir (Path): Of the quickstart.
        kind (str): 'quickstart', 'mini' or 'videos'.
    """
    ending = dict(
        mini='motion-shapes-hard-rgb',
        videos='videos-rgb').get(kind, 'motion-shapes-rgb')
    configs = ROOT / 'configs' / 'mvd'
    configs /= 'mini' if kind == 'mini' else 'quickstart'

    def stage(title: str, pattern: str, name: str, weight: float) -> Stage:
        config, = configs.glob(f'{pattern}_*_{ending}.py')
        return Stage(title, config, work_dir / name, weight)

    return [
        stage('1/3 image teacher: MAE on single frames', 'mae_vit*', 'mae',
              0.08),
        stage('2/3 video teacher: VideoMAE on clips', 'videomae_vit*',
              'videomae', 0.37),
        stage('3/3 student: MVD from both teachers', 'mvd_vit*', 'mvd', 0.55),
    ]


def main() -> None:
    args = parse_args()
    begin = time.monotonic()
    if args.videos is not None and args.mini:
        raise ValueError('`--mini` and `--videos` exclude each other: one '
                         'renders its videos, the other reads yours')
    if args.videos is not None and not args.videos.is_dir():
        raise NotADirectoryError(f'`--videos` {args.videos} is no folder')
    work_dir = new_work_dir(args.work_dir)
    print(f'MVD quickstart, all files go to {work_dir}')
    kind = 'videos' if args.videos else 'mini' if args.mini else 'quickstart'
    data = get_data(args.videos, work_dir, args.smoke, args.mini)

    options = dict(data.options)
    if args.smoke:
        options.update({
            'train_cfg.max_epochs': 1,
            'param_scheduler.end': 1,
            'param_scheduler.warmup': 0
        })
    stages = stages_of(work_dir, kind)
    clock = Clock(stages)
    mae, videomae, mvd = stages
    branch = 'model.branches.{}.teacher.checkpoint'
    teachers = {
        branch.format('image'): train(mae, options, args.seed, clock),
        branch.format('video'): train(videomae, options, args.seed, clock),
    }
    student = train(mvd, {**options, **teachers}, args.seed, clock)

    print('evaluation on held-out clips: probes, predicted variance, pictures')
    # imported here: the progress of the trainings shows seconds earlier
    from _quickstart.report import save_pictures, write_report
    from evaluate_pretraining import evaluate, format_table
    from mmengine.config import Config

    from mvd_mm.visualization import save_loss_curves
    cfg = Config.fromfile(mvd.config)
    cfg.merge_from_dict({
        **{
            k: str(v)
            for k, v in {
                **data.options,
                **teachers
            }.items() if not isinstance(v, int)
        }
    })
    results = evaluate(
        cfg, student, str(data.val), args.seed, with_probes=data.classes > 0)
    folder = work_dir / 'report'
    folder.mkdir()
    pictures = save_pictures(cfg, student, str(data.val), folder)
    save_loss_curves({s.title[4:]: str(s.work_dir)
                      for s in stages}, str(folder / 'loss_curves.png'))
    table = format_table(results)
    if data.classes:
        table += f'\n\nChance: {100 / data.classes:.1f} %.'
    else:
        table += ('\n\nNo probes: the folder has no sub-folders that name '
                  'classes.')
    setting = 'hard' if args.mini else 'easy'
    how = (f'Seed {args.seed}, videos: '
           f'{args.videos or f"rendered (motion_shapes, {setting})"}.')
    report = write_report(folder, table, results, pictures, how)
    print(f'\n{table}\n\nreport: {report}\n'
          f'took {clock_time(time.monotonic() - begin)}')


if __name__ == '__main__':
    main()
