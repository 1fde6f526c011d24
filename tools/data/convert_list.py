"""Convert a csv list of MVD or VideoMAE into one of this package, and back.

    python tools/data/convert_list.py train.csv --out data/own/train.txt \\
        --root data/own/videos
    python tools/data/convert_list.py data/own/train.txt --out train.csv \\
        --root data/own/videos

Lists ending in .txt have paths relative to ``--root`` and a tab before the
label, those ending in .csv whole paths and a blank. Training reads either as
it is; this command checks every line, and makes lists that can be moved.
"""
import argparse
import runpy
from pathlib import Path

runpy.run_path(str(Path(__file__).resolve().parents[1] / '_clone.py'))

from mvd_mm.datasets.list_conversion import convert_list  # noqa: E402
from mvd_mm.utils.example_parser import ExampleParser  # noqa: E402


def parse_args(args=None) -> argparse.Namespace:
    parser = ExampleParser(__doc__)
    parser.add_argument('ann_file', type=Path, metavar='LIST')
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--root', type=Path, help='folder of the videos')
    parser.add_argument(
        '--num-classes', type=int, help='labels must be below it')
    parser.add_argument(
        '--overwrite', action='store_true', help='replace another list')
    return parser.parse_args(args)


def main(args=None) -> None:
    args = parse_args(args)
    try:
        number = convert_list(**vars(args))
    except (FileNotFoundError, ValueError) as error:
        raise SystemExit(f'error: {error}')
    print(f'{number} videos: {args.out}')


if __name__ == '__main__':
    main()
