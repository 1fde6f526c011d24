"""From boxes and actions in your videos to all files that training needs.

    python tools/data/ava/build_annotations.py --videos DIR \\
        --train boxes.csv --out data/mine/annotations

See the README beside this file for the formats, and for what is written.
"""
import argparse
import runpy
from pathlib import Path

runpy.run_path(str(Path(__file__).resolve().parents[2] / '_clone.py'))

from mvd_mm.datasets import ava  # noqa: E402
from mvd_mm.utils.example_parser import ExampleParser  # noqa: E402
from mvd_mm.utils.user_errors import run_command  # noqa: E402


def parse_args(args=None) -> argparse.Namespace:
    parser = ExampleParser(__doc__)
    parser.add_argument('--videos', type=Path, required=True)
    parser.add_argument('--train', type=Path, required=True)
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--val', type=Path)
    parser.add_argument('--classes', type=Path)
    parser.add_argument('--excluded', type=Path)
    parser.add_argument('--proposals', type=Path)
    parser.add_argument('--val-share', type=float, default=0.2)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument(
        '--boxes', choices=['pixels', 'relative'], default='pixels')
    parser.add_argument(
        '--time-unit', choices=['seconds', 'frames'], default='seconds')
    return parser.parse_args(args)


def main(args=None) -> None:
    args = vars(parse_args(args))
    try:
        meta = ava.build_annotations(**args)
    except (FileNotFoundError, ValueError) as error:
        raise SystemExit(f'error: {error}')
    out = args['out']
    print(f"{len(meta['classes'])} classes; timestamps in "
          f"{meta['timestamp_unit']}; wrote {out}. Check and train:\n"
          f'  python tools/data/ava/validate.py --set {out}\n'
          '  python tools/train.py CONFIG --cfg-options '
          f'$(cat {out}/cfg_options.txt)')
    if args['proposals'] is None:
        print('proposals are the annotated boxes: for results that mean '
              'something, run detect_persons.py on the held-out part')


if __name__ == '__main__':
    run_command(main)
