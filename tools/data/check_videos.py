"""Check the videos of an annotation file as training would read them.

    python tools/data/check_videos.py LIST --prefix DIR --out DIR2

Every frame is decoded. ``DIR2/report.csv`` gets a verdict for each video:

good     decord gives exactly the frames that are asked for
slow     decord does not; PyAV reads the frames exactly, but slowly: make a
         copy with shrink_videos.py
damaged  training reads it, with damaged pictures in it
broken   training replaces it by another video

``DIR2/skip_list.txt`` names the last two kinds, for ``skip_list=`` of
``mvd_mm.CheckedVideoDataset`` and ``mvd_mm.RepeatedAugDataset``. An
interrupted scan goes on where it ended.
"""
import argparse
import runpy
from collections import Counter
from pathlib import Path

runpy.run_path(str(Path(__file__).resolve().parents[1] / '_clone.py'))

from mvd_mm.datasets.video_scan import scan_list  # noqa: E402
from mvd_mm.utils.user_errors import run_command  # noqa: E402


def parse_args(args=None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('ann_file', type=Path, metavar='LIST')
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument(
        '--prefix', help='folder that the paths in the list start from')
    parser.add_argument(
        '--delimiter', help='default: tab, blank or comma, as recognised')
    parser.add_argument('--workers', type=int, help='default: every core')
    parser.add_argument(
        '--time-limit',
        type=float,
        default=60.,
        help='seconds that a single video may take')
    return parser.parse_args(args)


def main(args=None) -> None:
    args = parse_args(args)
    try:
        verdicts = scan_list(**vars(args))
    except (FileNotFoundError, ValueError) as error:
        raise SystemExit(f'error: {error}')
    counts = Counter(verdict.kind for verdict in verdicts.values())
    print(', '.join(f'{counts[kind]} {kind}'
                    for kind in ('good', 'slow', 'damaged', 'broken')))
    print(f'wrote {args.out / "report.csv"} and {args.out / "skip_list.txt"}')


if __name__ == '__main__':
    run_command(main)
