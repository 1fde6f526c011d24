"""Draw clips with masks, teachers' features and the student's predictions.

    python tools/visualizations/show_pretraining.py CONFIG CHECKPOINT \\
        --out work_dirs/pictures --ann-file data/own/val.txt

One PNG for each clip. Without CHECKPOINT there are no predictions: what the
student will be asked for. From Python: ``mvd_mm.apis.draw_pretraining``.
"""
import argparse
import runpy
from pathlib import Path

from mmengine.config import DictAction

runpy.run_path(str(Path(__file__).resolve().parents[1] / '_clone.py'))

from mvd_mm.apis.pretraining_pictures import draw_pretraining  # noqa: E402
from mvd_mm.utils.example_parser import ExampleParser  # noqa: E402


def parse_args(args=None) -> argparse.Namespace:
    parser = ExampleParser(__doc__)
    parser.add_argument('config', type=Path)
    parser.add_argument('checkpoint', nargs='?')
    parser.add_argument('--out', type=Path, required=True, metavar='DIR')
    parser.add_argument(
        '--ann-file', type=Path, help="list of videos (default: config's)")
    parser.add_argument('--number', type=int, default=3, help='of clips')
    parser.add_argument(
        '--seed', type=int, default=0, help='of crops and masks')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction)
    return parser.parse_args(args)


def main(args=None) -> None:
    try:
        paths = draw_pretraining(**vars(parse_args(args)))
    except (FileNotFoundError, TypeError, ValueError) as error:
        raise SystemExit(f'error: {error}')
    print('\n'.join(str(path) for path in paths))


if __name__ == '__main__':
    main()
