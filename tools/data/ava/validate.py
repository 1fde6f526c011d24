"""Find what is wrong with AVA-style annotations, with file and line.

    python tools/data/ava/validate.py --set data/mine/annotations
    python tools/data/ava/validate.py --config CONFIG [--cfg-options ...]

Silent, with exit status 0, if nothing is wrong; otherwise a line for each
fault and status 1. ``--list`` shows all kinds of faults, ``--ignore KIND``
leaves some out. For a proposal file the number is that of the entry.
"""
import argparse
import runpy
from pathlib import Path

from mmengine.config import DictAction

runpy.run_path(str(Path(__file__).resolve().parents[2] / '_clone.py'))

from mvd_mm.datasets import ava  # noqa: E402
from mvd_mm.utils.example_parser import ExampleParser  # noqa: E402
from mvd_mm.utils.user_errors import run_command  # noqa: E402


def parse_args(args=None) -> argparse.Namespace:
    parser = ExampleParser(__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument('--set', type=Path, help='folder with a meta.json')
    what.add_argument('--config', type=Path, help='of a detector')
    what.add_argument(
        '--list', action='store_true', help='show all kinds of faults')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction)
    parser.add_argument(
        '--ignore', nargs='+', choices=ava.KINDS, default=[], metavar='KIND')
    return parser.parse_args(args)


def main(args=None) -> None:
    args = parse_args(args)
    if args.list:
        for kind, effect in ava.KINDS.items():
            print(f'{kind}: {effect}')
        return
    try:
        if args.set is not None:
            splits = ava.splits_of_set(args.set)
        else:
            splits = ava.splits_of_config(args.config, args.cfg_options)
    except (FileNotFoundError, ValueError) as error:
        raise SystemExit(f'error: {error}')
    found = [
        fault for fault in ava.validate(splits)
        if fault.kind not in args.ignore
    ]
    for fault in found:
        print(fault)
    if found:
        raise SystemExit(1)


if __name__ == '__main__':
    run_command(main)
