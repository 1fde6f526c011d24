"""Draw clips with their nearest clips in a file of features.

    python tools/visualizations/nearest_clips.py FEATURES --out FILE.png

The file is one of tools/extract_features.py. Each row shows a clip and the
clips of other videos with the highest cosine similarity. From Python:
``mvd_mm.apis.draw_nearest``.
"""
import argparse
import math
import runpy
from pathlib import Path

runpy.run_path(str(Path(__file__).resolve().parents[1] / '_clone.py'))

from mvd_mm.apis.retrieval import draw_nearest  # noqa: E402
from mvd_mm.utils.example_parser import ExampleParser  # noqa: E402


def parse_args(args=None) -> argparse.Namespace:
    parser = ExampleParser(__doc__)
    parser.add_argument('features', type=Path, metavar='FEATURES')
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument(
        '--videos',
        metavar='DIR',
        help='folder of the videos (default: where the features are from)')
    parser.add_argument(
        '--queries', nargs='+', help='names of videos as in the file')
    parser.add_argument(
        '--number', type=int, default=6, help='queries, if none are named')
    parser.add_argument('--neighbours', type=int, default=5)
    parser.add_argument(
        '--classes', type=Path, help='names of the classes, one a line')
    return parser.parse_args(args)


def main(args=None) -> None:
    args = parse_args(args)
    try:
        share = draw_nearest(**vars(args))
    except (FileNotFoundError, ImportError, KeyError, ValueError) as error:
        raise SystemExit(f'error: {error.args[0]}')
    told = '' if math.isnan(share) else (
        f'; {100 * share:.0f} % of the neighbours have the class of their '
        'query')
    print(f'{args.out}{told}')


if __name__ == '__main__':
    main()
