"""Name the classes of videos.

    python tools/predict.py CONFIG CHECKPOINT VIDEO --draw work_dirs/drawn
    python tools/predict.py CONFIG CHECKPOINT DIR --out predictions.csv
    python tools/predict.py CONFIG CHECKPOINT LIST --prefix DIR --out FILE.json
    python tools/predict.py CONFIG CHECKPOINT VIDEO --window 2 --timeline DIR

A video is seen by the views of the config's test, so that its probabilities
are those of tools/test.py. Long videos: ``--window`` seconds at a time, one
view each. Names come from the checkpoint, which keeps those of its training
set, or from ``--classes``. Videos that cannot be read are named and counted.
From Python: ``mvd_mm.apis.ActionInferencer``. For detection:
tools/visualizations/draw_actions.py.
"""
import argparse
from pathlib import Path

from mmengine.config import DictAction

import _clone  # noqa: F401  an uninstalled clone finds mvd_mm
from mvd_mm.apis.prediction import predict
from mvd_mm.utils.example_parser import ExampleParser


def parse_args(args=None) -> argparse.Namespace:
    parser = ExampleParser(__doc__)
    parser.add_argument('config', type=Path)
    parser.add_argument('checkpoint')
    parser.add_argument('source', type=Path, metavar='VIDEO|DIR|LIST')
    parser.add_argument(
        '--prefix', help='folder that the paths in a list start from')
    parser.add_argument(
        '--classes', type=Path, help='names of the classes, one a line')
    parser.add_argument(
        '--out', type=Path, help='table to write, .csv or .json')
    parser.add_argument(
        '--draw', type=Path, metavar='DIR', help='draw the classes on videos')
    parser.add_argument(
        '--timeline', type=Path, metavar='DIR', help='draw them over time')
    parser.add_argument('--top-k', type=int, default=5)
    parser.add_argument(
        '--window', type=float, help='seconds of a sliding window')
    parser.add_argument(
        '--stride',
        type=float,
        help='seconds from window to window (default: half of it)')
    parser.add_argument(
        '--views',
        choices=['test', 'val'],
        help="whose views are averaged (default: the test's, with --window "
        "the validation's)")
    parser.add_argument('--batch-size', type=int, default=1)
    parser.add_argument(
        '--workers', type=int, default=0, help='processes that read videos')
    parser.add_argument('--device', help='default: a GPU if there is one')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction)
    return parser.parse_args(args)


def main(args=None) -> int:
    options = vars(parse_args(args))
    try:
        read, broken = predict(**options)
    except (FileNotFoundError, TypeError, ValueError) as error:
        raise SystemExit(f'error: {error}')
    return 0 if read or not broken else 1


if __name__ == '__main__':
    raise SystemExit(main())
