"""Draw what a detector sees: who does what in a video.

    python tools/visualizations/draw_actions.py CONFIG CHECKPOINT \\
        --video FILE --out FILE.mp4 --proposals persons.pkl

Persons come from a proposal file (keys ``NAME,SECOND``, where NAME is the
video's name without the ending) or from a detector of MMDetection:
``--detector-config`` and ``--detector-checkpoint``. The config must read
videos, not extracted frames.
"""
import argparse
import runpy
from pathlib import Path

from mmengine.config import DictAction

runpy.run_path(str(Path(__file__).resolve().parents[1] / '_clone.py'))

from mvd_mm.apis.action_detection import draw_actions  # noqa: E402
from mvd_mm.utils.example_parser import ExampleParser  # noqa: E402
from mvd_mm.utils.user_errors import run_command  # noqa: E402


def parse_args(args=None) -> argparse.Namespace:
    parser = ExampleParser(__doc__)
    parser.add_argument('config', type=Path)
    parser.add_argument('checkpoint')
    parser.add_argument('--video', type=Path, required=True)
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--proposals', type=Path)
    parser.add_argument('--detector-config', type=Path)
    parser.add_argument('--detector-checkpoint', type=Path)
    parser.add_argument(
        '--label-file', type=Path, help="default: the config's")
    parser.add_argument('--person-thr', type=float, default=0.5)
    parser.add_argument('--action-thr', type=float, default=0.3)
    parser.add_argument(
        '--most', type=int, default=4, help='actions shown of a person')
    parser.add_argument('--device', default='cpu')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction)
    return parser.parse_args(args)


def main(args=None) -> None:
    options = vars(parse_args(args))
    try:
        frames, shown, keys = draw_actions(**options)
    except (FileNotFoundError, ImportError, ValueError) as error:
        raise SystemExit(f'error: {error}')
    print(f'{frames} frames, {shown} of them with persons, {keys} key '
          f"frames: {options['out']}")


if __name__ == '__main__':
    run_command(main)
