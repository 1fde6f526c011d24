"""Lists of Kinetics-400, SSv2, UCF101 or HMDB51 from the official files.

    python tools/data/build_official.py ucf101 --annotations DIR \\
        --videos data/ucf101/videos --out data/ucf101
    python tools/data/build_official.py kinetics400 --annotations DIR \\
        --videos data/kinetics400/videos_train \\
        --val-videos data/kinetics400/videos_val --out data/kinetics400

``--annotations`` is where the official archive was unpacked. The lists have
the names that the configs expect; beside them are classes.txt, counts.csv
and missing.txt. Leakage between training and validation, two labels of a
video and unreadable lines are errors: nothing is written.
"""
import argparse
import runpy
from pathlib import Path

runpy.run_path(str(Path(__file__).resolve().parents[1] / '_clone.py'))

from mvd_mm.datasets.official import DATASETS, build_official  # noqa: E402
from mvd_mm.utils.example_parser import ExampleParser  # noqa: E402


def parse_args(args=None) -> argparse.Namespace:
    parser = ExampleParser(__doc__)
    parser.add_argument('name', choices=list(DATASETS))
    parser.add_argument('--annotations', type=Path, required=True)
    parser.add_argument('--videos', type=Path, required=True)
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument(
        '--val-videos', type=Path, help='if they are in another folder')
    parser.add_argument(
        '--keep-going', action='store_true', help='write in spite of errors')
    parser.add_argument(
        '--overwrite', action='store_true', help='replace other lists')
    return parser.parse_args(args)


def main(args=None) -> None:
    args = parse_args(args)
    try:
        built = build_official(**vars(args))
    except (FileNotFoundError, ValueError) as error:
        raise SystemExit(f'error: {error}')
    for split, (listed, found) in built.counts.items():
        print(f'{split}: {found} of {listed} videos')
    for line in built.errors:
        print(f'error: {line}')
    for line in built.notes:
        print(f'note: {line}')


if __name__ == '__main__':
    main()
