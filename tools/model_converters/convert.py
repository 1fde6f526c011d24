"""Write the weights of a file under the names of another kind.

    python tools/model_converters/convert.py SRC DST --to KIND

SRC is recognised by its keys: published files of MVD, VideoMAE and MAE, files
of MMAction2 and of Hugging Face's VideoMAE, and checkpoints of this package.
Every weight is accounted for in the report, or nothing is written. See
docs/checkpoints.md.
"""
import argparse
import runpy
import sys
from pathlib import Path

runpy.run_path(str(Path(__file__).resolve().parents[1] / '_clone.py'))

from mvd_mm.conversion import TARGETS, convert  # noqa: E402  isort:skip


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('src', metavar='SRC', help='.pth or .safetensors')
    parser.add_argument('dst', metavar='DST', help='.pth or .safetensors')
    parser.add_argument(
        '--to', required=True, choices=sorted(TARGETS), help='kind to write')
    parser.add_argument(
        '--pos-embed',
        choices=['sincos_3d', 'sinusoid_1d', 'sincos_2d'],
        help='position table of a fine-tuned SRC, which holds none: '
        "sincos_3d (MVD's, the default) or sinusoid_1d (VideoMAE's)")
    parser.add_argument(
        '--grid',
        nargs=3,
        type=int,
        default=(8, 14, 14),
        metavar=('T', 'H', 'W'),
        help='tokens of a clip, where the table has to be written (default: '
        '8 14 14, 16 frames of 224 pixels)')
    parser.add_argument(
        '--allow-missing',
        nargs='*',
        metavar='PREFIX',
        help='convert although weights are missing, those whose name in this '
        'package starts so; without a PREFIX any')
    parser.add_argument(
        '--section', help="entry of SRC to take, e.g. 'model_ema'")
    parser.add_argument(
        '--trust',
        action='store_true',
        help='let SRC run code of its own while it is read: only for a file '
        'whose writer you trust as you trust a program')
    parser.add_argument(
        '--overwrite', action='store_true', help='replace DST if it exists')
    return parser.parse_args()


def main() -> None:
    """Convert and say what became of every weight."""
    args = parse_args()
    print(
        convert(
            args.src,
            args.dst,
            args.to,
            pos_embed=args.pos_embed,
            grid=tuple(args.grid),
            allow_missing=args.allow_missing,
            section=args.section,
            trust=args.trust,
            overwrite=args.overwrite))


if __name__ == '__main__':
    try:
        main()
    except (ValueError, KeyError, OSError) as error:
        # KeyError puts its message into quotation marks
        message = error.args[0] if isinstance(error, KeyError) else error
        sys.exit(f'convert.py: {message}')
