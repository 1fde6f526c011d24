"""Bring the official files of AVA v2.2 into one checked folder.

    python tools/data/ava/prepare.py --annotations DIR_OR_ZIP \\
        --person-boxes ava_val_det_person_bbox.json --videos DIR \\
        --out data/ava/annotations

Nothing is downloaded. The videos are whole films, or all of them are cut to
minutes 15 to 30; they may have any frame rate. ``--frames`` uses MMAction2's
extracted frames instead. ``--person-boxes`` are those of the published
results; ``--proposals DIR`` takes MMAction2's.
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
    parser.add_argument('--annotations', type=Path, required=True)
    parser.add_argument(
        '--person-boxes',
        type=Path,
        metavar='FILE',
        help="json of the published detector's boxes")
    parser.add_argument(
        '--proposal-size',
        type=int,
        nargs='+',
        metavar='PIXELS',
        help='size of the frames of --person-boxes: the short side, or width '
        'and height; default: that of the videos or frames at hand')
    parser.add_argument(
        '--proposals', type=Path, help="folder of MMAction2's person boxes")
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--videos', type=Path)
    parser.add_argument('--frames', type=Path)
    parser.add_argument('--drop-missing', action='store_true')
    parsed = parser.parse_args(args)
    size = parsed.proposal_size
    if size is not None and len(size) > 2:
        parser.error('--proposal-size takes one or two numbers')
    if size is not None:
        parsed.proposal_size = size[0] if len(size) == 1 else tuple(size)
    return parsed


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
    run_command(main)
