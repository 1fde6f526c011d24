"""Find the persons on the key frames of your videos with MMDetection.

    python tools/data/ava/detect_persons.py --set data/mine/annotations \\
        --detector-config FILE --detector-checkpoint FILE --split val

The boxes replace those in the proposal file of the set.
"""
import argparse
import runpy
from pathlib import Path

runpy.run_path(str(Path(__file__).resolve().parents[2] / '_clone.py'))

from mvd_mm.datasets import ava  # noqa: E402
from mvd_mm.utils.example_parser import ExampleParser  # noqa: E402
from mvd_mm.utils.user_errors import run_command  # noqa: E402


def parse_args(args=None) -> argparse.Namespace:
    parser = ExampleParser(__doc__)
    parser.add_argument('--set', type=Path, required=True)
    parser.add_argument('--split', choices=['train', 'val'], default='val')
    parser.add_argument('--detector-config', type=Path, required=True)
    parser.add_argument('--detector-checkpoint', type=Path, required=True)
    parser.add_argument('--score-thr', type=float, default=0.05)
    parser.add_argument(
        '--category',
        type=int,
        default=0,
        help='number of the class of persons; 0 for COCO')
    parser.add_argument('--device', default='cpu')
    parser.add_argument(
        '--out', type=Path, help="default: the set's own proposal file")
    return parser.parse_args(args)


def main(args=None) -> None:
    args = parse_args(args)
    try:
        boxes, key_frames, out = ava.replace_proposals(
            args.set, args.split, args.detector_config,
            args.detector_checkpoint, args.score_thr, args.category,
            args.device, args.out)
    except (FileNotFoundError, ImportError, ValueError) as error:
        raise SystemExit(f'error: {error}')
    print(f'{boxes} boxes at {key_frames} key frames: {out}')


if __name__ == '__main__':
    run_command(main)
