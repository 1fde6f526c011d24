"""Draw the annotations of a video: what the network is to learn.

    python tools/visualizations/show_ava.py --set DIR --split train \\
        --video NAME --out NAME.mp4

``--set`` is a folder that tools/data/ava/build_annotations.py or prepare.py
wrote.
"""
import argparse
import runpy
from pathlib import Path

runpy.run_path(str(Path(__file__).resolve().parents[1] / '_clone.py'))

from mvd_mm.utils.example_parser import ExampleParser  # noqa: E402
from mvd_mm.utils.user_errors import run_command  # noqa: E402
from mvd_mm.visualization import draw_annotations  # noqa: E402


def parse_args(args=None) -> argparse.Namespace:
    parser = ExampleParser(__doc__)
    parser.add_argument('--set', type=Path, required=True)
    parser.add_argument('--split', choices=['train', 'val'], default='train')
    parser.add_argument(
        '--video', required=True, help='its name without the ending')
    parser.add_argument('--out', type=Path, required=True)
    return parser.parse_args(args)


def main(args=None) -> None:
    args = parse_args(args)
    try:
        frames, shown, keys = draw_annotations(args.set, args.split,
                                               args.video, args.out)
    except (FileNotFoundError, ValueError) as error:
        raise SystemExit(f'error: {error}')
    print(f'{frames} frames, {shown} of them with boxes, {keys} key '
          f'frames: {args.out}')


if __name__ == '__main__':
    run_command(main)
