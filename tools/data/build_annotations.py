"""List the videos of a folder in annotation files for MMAction2.

    python tools/data/build_annotations.py --videos DIR --out DIR

Sub-folders of the first level name the classes. Without sub-folders every
label is 0; pre-training ignores it. Paths are relative to ``--videos``, so a
data set needs::

    dict(
        type='VideoDataset',
        ann_file='<out>/train.txt',
        data_prefix=dict(video='<videos>'),
        delimiter='\\t')

The delimiter is a tab because ``VideoDataset`` splits each line at every
delimiter, and file names may contain blanks and commas.
"""
import argparse
import runpy
from pathlib import Path

runpy.run_path(str(Path(__file__).resolve().parents[1] / '_clone.py'))

from mvd_mm.datasets.video_lists import build_lists, write_lists  # noqa: E402
from mvd_mm.utils.example_parser import ExampleParser  # noqa: E402
from mvd_mm.utils.user_errors import run_command  # noqa: E402


def parse_args(args=None) -> argparse.Namespace:
    parser = ExampleParser(__doc__)
    parser.add_argument('--videos', type=Path, required=True)
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--val-share', type=float, default=0.1)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--workers', type=int, help='default: every core')
    parser.add_argument(
        '--overwrite', action='store_true', help='replace other annotations')
    return parser.parse_args(args)


def main(args=None) -> None:
    args = parse_args(args)
    try:
        contents = build_lists(args.videos, args.val_share, args.seed,
                               args.workers)
        write_lists(args.out, contents, args.overwrite)
    except (FileNotFoundError, ValueError) as error:
        raise SystemExit(f'error: {error}')


if __name__ == '__main__':
    run_command(main)
