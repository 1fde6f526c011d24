"""Draw a file of features as a map: t-SNE, a colour for each class.

    python tools/visualizations/plot_features.py FEATURES --out FILE.png \\
        --classes data/own/classes.txt
    python tools/visualizations/plot_features.py FEATURES --out FILE.png \\
        --colour video

The file is one of tools/extract_features.py. From Python:
``mvd_mm.apis.draw_feature_map``.
"""
import argparse
import runpy
from pathlib import Path

runpy.run_path(str(Path(__file__).resolve().parents[1] / '_clone.py'))

from mvd_mm.apis.feature_maps import draw_feature_map  # noqa: E402
from mvd_mm.utils.example_parser import ExampleParser  # noqa: E402


def parse_args(args=None) -> argparse.Namespace:
    parser = ExampleParser(__doc__)
    parser.add_argument('features', type=Path, metavar='FEATURES')
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument(
        '--classes', type=Path, help='names of the classes, one a line')
    parser.add_argument(
        '--colour',
        choices=['class', 'folder', 'video'],
        default='class',
        help="by label, by the first folder in a video's name, or by video")
    parser.add_argument(
        '--number', type=int, default=5000, help='clips drawn at most')
    parser.add_argument('--perplexity', type=float, default=30.)
    parser.add_argument('--seed', type=int, default=0)
    return parser.parse_args(args)


def main(args=None) -> None:
    args = parse_args(args)
    try:
        clips, groups = draw_feature_map(**vars(args))
    except (FileNotFoundError, ImportError, ValueError) as error:
        raise SystemExit(f'error: {error}')
    print(f'{clips} clips, {groups} groups: {args.out}')


if __name__ == '__main__':
    main()
