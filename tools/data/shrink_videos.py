"""Copy videos at a smaller size, so that decoding does not starve training.

    python tools/data/shrink_videos.py --videos DIR --out DIR --short-side 256

Names and folders are kept; the copies end in .mp4 (H.264, without sound) and
show the same frames in the same order. Copies that exist already are not made
again, so an interrupted run can be continued. ``report.csv`` says how large
each copy is; unreadable videos are listed in ``skipped.txt``.
"""
import argparse
import runpy
from pathlib import Path

runpy.run_path(str(Path(__file__).resolve().parents[1] / '_clone.py'))

from mvd_mm.datasets.video_encoding import PRESETS  # noqa: E402
from mvd_mm.datasets.video_shrinking import shrink_folder  # noqa: E402
from mvd_mm.utils.example_parser import ExampleParser  # noqa: E402
from mvd_mm.utils.user_errors import run_command  # noqa: E402


def parse_args(args=None) -> argparse.Namespace:
    parser = ExampleParser(__doc__)
    parser.add_argument('--videos', type=Path, required=True)
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument(
        '--short-side', type=int, default=256, help='in pixels')
    parser.add_argument(
        '--crf',
        type=int,
        default=18,
        help='quality of x264, 0..51, less is better')
    parser.add_argument(
        '--keyframes',
        type=int,
        default=12,
        help='frames from one key frame to the next: fewer are read faster, '
        'more take less room')
    parser.add_argument(
        '--preset',
        choices=PRESETS,
        default='veryfast',
        help='of x264: slower ones write smaller files')
    parser.add_argument(
        '--psnr', action='store_true', help='measure the quality of copies')
    parser.add_argument(
        '--max-frames', type=int, help='keep only the first frames of each')
    parser.add_argument(
        '--max-videos', type=int, help='take evenly spread videos only')
    parser.add_argument('--workers', type=int, help='default: every core')
    return parser.parse_args(args)


def main(args=None) -> None:
    shrink_folder(**vars(parse_args(args)))


if __name__ == '__main__':
    run_command(main)
