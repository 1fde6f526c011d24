"""Bring the official files of AVA v2.2 into one checked folder.

    python tools/data/ava/prepare.py --annotations DIR_OR_ZIP \\
        --proposals DIR --videos DIR --out data/ava/annotations

Nothing is downloaded. The videos are whole films, or all of them are cut to
minutes 15 to 30; they may have any frame rate. ``--frames`` uses MMAction2's
extracted frames instead.
"""
import argparse
import runpy
from pathlib import Path

runpy.run_path(str(Path(__file__).resolve().parents[2] / '_clone.py'))

from mvd_mm.datasets import ava  # noqa: E402
from mvd_mm.utils.example_parser import ExampleParser  # noqa: E402


def parse_args(args=None) -> argparse.Namespace:
    parser = ExampleParser(__doc__)
    parser.add_argument('--annotations', type=Path, required=True)
    parser.add_argument('--proposals', type=Path, required=True)
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--videos', type=Path)
    parser.add_argument('--frames', type=Path)
    parser.add_argument('--drop-missing', action='store_true')
    return parser.parse_args(args)


def main(args=None) -> None:
    args = vars(parse_args(args))
    try:
        meta = ava.prepare(**args)
    except (FileNotFoundError, ValueError) as error:
        raise SystemExit(f'error: {error}')
    faults = ava.unexpected_findings(args['out'])
    for fault in faults[:20]:
        print(fault)
    print(f"{len(meta['classes'])} classes, dropped videos: "
          f"{meta['dropped_videos'] or 'none'}; {len(faults)} faults; wrote "
          f"{args['out']}")
    if faults:
        raise SystemExit(1)


if __name__ == '__main__':
    main()
