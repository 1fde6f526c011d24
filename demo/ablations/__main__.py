"""Compare students that differ from MVD's mini recipe in one choice each.

    python -m demo.ablations --help
"""
import argparse
from pathlib import Path
from typing import List, Optional

from ..quickstart.places import ROOT
from ..work_dirs import claim_work_dir
from .plan import ROWS

RUNS = ROOT / 'work_dirs' / 'ablations'


def parse_args(args: Optional[List[str]] = None) -> argparse.Namespace:
    """Read the command line."""
    rows = '\n'.join(f'  {name:<15} {row.title}' for name, row in ROWS.items())
    parser = argparse.ArgumentParser(
        prog='python -m demo.ablations',
        description='Train two teachers and one student per row on the '
        'rendered set of `--mini`, fine-tune each on few labels, and write '
        'the table. Finished runs are kept: the same command goes on.',
        epilog=f'rows:\n{rows}',
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        '--only',
        nargs='+',
        choices=list(ROWS),
        metavar='ROW',
        help='rows beside the first one, default: all')
    parser.add_argument(
        '--smoke',
        action='store_true',
        help='one epoch of a few clips each; nothing is learned')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument(
        '--work-dir', type=Path, help='default: work_dirs/ablations/seed_N')
    return parser.parse_args(args)


def make_work_dir(options: argparse.Namespace) -> Path:
    """Make the folder of the runs, or find it.

    Raises:
        ValueError: If it holds runs of another seed, or other files.
    """
    kind = 'smoke' if options.smoke else 'seed'
    return claim_work_dir(options.work_dir or RUNS / f'{kind}_{options.seed}',
                          dict(seed=options.seed, smoke=options.smoke),
                          'ablations')


def main(args: Optional[List[str]] = None) -> None:
    """Run the command."""
    options = parse_args(args)
    work_dir = make_work_dir(options)
    print(f'ablations, all files go to {work_dir}')
    # start-up time: refused options are told before torch is imported
    from .table import compare
    chosen = options.only or list(ROWS)
    names = [
        'base', *(name for name in ROWS if name in chosen and name != 'base')
    ]
    table, path = compare(names, options.smoke, options.seed, work_dir)
    print(f'\n{table}\n\ntable: {path}')


if __name__ == '__main__':
    main()
