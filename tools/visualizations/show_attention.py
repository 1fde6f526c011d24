"""Lay the attention of a network over a clip.

    python tools/visualizations/show_attention.py WEIGHTS VIDEO --out FILE.mp4
    python tools/visualizations/show_attention.py CONFIG VIDEO \\
        --checkpoint FILE --method gradcam --out FILE.gif

``last`` is the attention of the last block, ``rollout`` that of all blocks,
``gradcam`` what a class depends on (fine-tuned networks). The clip is the
middle one of the video. Films end in .mp4 or .gif; .png has four frames.
From Python: ``mvd_mm.apis.draw_attention``.
"""
import argparse
import runpy
from pathlib import Path

from mmengine.config import DictAction

runpy.run_path(str(Path(__file__).resolve().parents[1] / '_clone.py'))

from mvd_mm.apis.attention_video import draw_attention  # noqa: E402
from mvd_mm.utils.example_parser import ExampleParser  # noqa: E402


def parse_args(args=None) -> argparse.Namespace:
    parser = ExampleParser(__doc__)
    parser.add_argument('network', metavar='WEIGHTS|CONFIG')
    parser.add_argument('video', type=Path)
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--checkpoint', help='weights for a config')
    parser.add_argument(
        '--method', choices=['last', 'rollout', 'gradcam'], default='last')
    parser.add_argument(
        '--label', type=int, help='class of gradcam (default: the best)')
    parser.add_argument('--frame-interval', type=int, default=4)
    parser.add_argument('--cfg-options', nargs='+', action=DictAction)
    return parser.parse_args(args)


def main(args=None) -> None:
    args = parse_args(args)
    try:
        meaning = draw_attention(**vars(args))
    except (FileNotFoundError, TypeError, ValueError) as error:
        raise SystemExit(f'error: {error}')
    print(f'{args.out}: {meaning}')


if __name__ == '__main__':
    main()
