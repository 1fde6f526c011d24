"""Export a trained recogniser to ONNX or torch.export, and compare.

    python tools/export.py CONFIG CHECKPOINT --out tuned.onnx
    python tools/export.py CONFIG CHECKPOINT --out tuned.pt2 --precision fp16
    python tools/export.py CONFIG CHECKPOINT --out tuned.onnx \\
        --precision int8 --videos DIR

The file takes ``pixels``, RGB, uint8 of shape (batch, 3, frames, height,
width) with any batch, and gives ``scores`` before the softmax. What is
printed was measured on this machine: the largest difference from the source
over batches of 1 to 4, and milliseconds of both. ONNX needs
``pip install 'mvd_mm[export]'``. From Python:
``mvd_mm.apis.export_recognizer``.
"""
import argparse
from pathlib import Path

from mmengine.config import DictAction

import _clone  # noqa: F401  an uninstalled clone finds mvd_mm
from mvd_mm.apis.exporting import export_recognizer
from mvd_mm.utils.example_parser import ExampleParser


def parse_args(args=None) -> argparse.Namespace:
    parser = ExampleParser(__doc__)
    parser.add_argument('config', type=Path)
    parser.add_argument('checkpoint')
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument(
        '--precision', choices=['fp32', 'fp16', 'int8'], default='fp32')
    parser.add_argument(
        '--videos',
        type=Path,
        metavar='VIDEO|DIR|LIST',
        help='clips to compare with (default: noise)')
    parser.add_argument(
        '--prefix', help='folder that the paths in a list start from')
    parser.add_argument(
        '--overwrite', action='store_true', help='replace the file')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction)
    return parser.parse_args(args)


def main(args=None) -> None:
    args = parse_args(args)
    try:
        agreement = export_recognizer(**vars(args))
    except (FileNotFoundError, ImportError, TypeError, ValueError) as error:
        raise SystemExit(f'error: {error}')
    size = args.out.stat().st_size / 1e6
    print(f'{args.out} ({size:.1f} MB, {args.precision}): {agreement}')


if __name__ == '__main__':
    main()
