"""Show what image and video teachers are good for, on rendered clips.

    python -m demo.findings --help
"""
import argparse
import json
from pathlib import Path
from typing import List, Optional

from ..quickstart.places import ROOT
from ..work_dirs import claim_work_dir
from .plan import STUDENTS

RUNS = ROOT / 'work_dirs' / 'findings'


def parse_args(args: Optional[List[str]] = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog='python -m demo.findings',
        description='Train students from an image teacher, a video teacher, '
        'both, pixels, and by AMD, on clips that have a label for appearance '
        'and one for motion, and compare them on both. Finished trainings '
        'are kept: the same command goes on.')
    parser.add_argument(
        '--seeds',
        type=int,
        nargs='+',
        default=[0, 1, 2],
        help='of videos and trainings, default: 0 1 2')
    parser.add_argument(
        '--only',
        nargs='*',
        choices=STUDENTS,
        default=list(STUDENTS),
        metavar='STUDENT',
        help=f'some of {", ".join(STUDENTS)}; with none, the teachers alone '
        'are trained and probed')
    parser.add_argument(
        '--smoke',
        action='store_true',
        help='one epoch of a few clips each; nothing is learned')
    parser.add_argument(
        '--work-dir',
        type=Path,
        help='default: work_dirs/findings/full, with --smoke: .../smoke')
    options = parser.parse_args(args)
    if min(options.seeds) < 0:
        parser.error(f'--seeds must not be negative, got {options.seeds}')
    return options


def main(args: Optional[List[str]] = None) -> None:
    """Run the command."""
    options = parse_args(args)
    work_dir = claim_work_dir(
        options.work_dir or RUNS / ('smoke' if options.smoke else 'full'),
        dict(smoke=options.smoke), 'findings')
    print(f'findings, all files go to {work_dir}')
    # start-up time: refused options are told before torch is imported
    from .figure import save_figure
    from .run import run_seed
    from .table import format_results
    results = {}
    for seed in dict.fromkeys(options.seeds):
        print(f'seed {seed}', flush=True)
        folder = work_dir / f'seed_{seed}'
        folder.mkdir(exist_ok=True)
        results[seed] = run_seed(seed, folder, options.only, options.smoke)
        table = format_results(list(results.values()))
        print(f'\n{table}\n', flush=True)
    seeds = ', '.join(map(str, results))
    path = work_dir / f'findings_{"-".join(map(str, results))}.md'
    path.write_text(
        f'# Findings\n\nSeeds {seeds}'
        f'{", smoke: nothing is learned" if options.smoke else ""}.\n\n'
        f'{table}\n')
    path.with_suffix('.json').write_text(json.dumps(results, indent=2) + '\n')
    save_figure(list(results.values()), path.with_suffix('.png'))
    print(f'table: {path}')


if __name__ == '__main__':
    main()
