"""Draw training clips as the network is given them.

    python tools/visualizations/show_samples.py CONFIG --out FILE.png

Each video is drawn ``--draws`` times with other random numbers. From Python:
``mvd_mm.apis.draw_samples``.
"""
import argparse
import runpy
from pathlib import Path

from mmengine.config import DictAction

runpy.run_path(str(Path(__file__).resolve().parents[1] / '_clone.py'))

from mvd_mm.apis.training_samples import draw_samples  # noqa: E402
from mvd_mm.utils.example_parser import ExampleParser  # noqa: E402


def parse_args(args=None) -> argparse.Namespace:
    parser = ExampleParser(__doc__)
    parser.add_argument('config', type=Path)
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument(
        '--ann-file', type=Path, help="list of videos (default: config's)")
    parser.add_argument('--number', type=int, default=4, help='of videos')
    parser.add_argument('--draws', type=int, default=2)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--cfg-options', nargs='+', action=DictAction)
    return parser.parse_args(args)


def main(args=None) -> None:
    args = parse_args(args)
    try:
        rows = draw_samples(**vars(args))
    except (FileNotFoundError, TypeError, ValueError) as error:
        raise SystemExit(f'error: {error}')
    print(f'{rows} clips: {args.out}')


if __name__ == '__main__':
    main()
