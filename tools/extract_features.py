"""Extract features of videos into an .npz or a .parquet file.

    python tools/extract_features.py WEIGHTS VIDEO|DIR|LIST --out FILE.npz
    python tools/extract_features.py CONFIG LIST --checkpoint FILE \\
        --prefix DIR --window 2 --out FILE.npz
    python tools/extract_features.py MVD_CONFIG DIR --teacher video \\
        --pool slices --out FILE.npz

WEIGHTS is any file that docs/checkpoints.md names, pre-trained or fine-tuned.
``--pool clip`` gives one vector, ``slices`` one for each time slice,
``none`` every token. After an interruption the same call goes on; the file
is then the same, byte for byte. A table needs ``pip install
'mvd_mm[parquet]'``. N processes share the work with
``--shard 1/N`` to ``--shard N/N``; a call without it then writes the file.
docs/daily.md says what the file holds. From Python:
``mvd_mm.apis.extract_features``.
"""
import argparse
from pathlib import Path

from mmengine.config import DictAction

import _clone  # noqa: F401  an uninstalled clone finds mvd_mm
from mvd_mm.apis.feature_extraction import extract_features
from mvd_mm.utils.example_parser import ExampleParser


def parse_args(args=None) -> argparse.Namespace:
    parser = ExampleParser(__doc__)
    parser.add_argument('network', metavar='WEIGHTS|CONFIG')
    parser.add_argument('videos', type=Path, metavar='VIDEO|DIR|LIST')
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--checkpoint', help='weights for a config')
    parser.add_argument(
        '--prefix', help='folder that the paths in a list start from')
    parser.add_argument(
        '--teacher', help='of an MVD config, e.g. image or video')
    parser.add_argument(
        '--layer',
        type=int,
        help='tokens after this block, from 1, or from the end with -1, '
        'without a closing norm')
    parser.add_argument(
        '--pool', choices=['clip', 'slices', 'none'], default='clip')
    parser.add_argument(
        '--window', type=float, help='seconds of a sliding window')
    parser.add_argument(
        '--stride',
        type=float,
        help='seconds from window to window (default: half of it)')
    parser.add_argument('--frame-interval', type=int, default=4)
    parser.add_argument('--num-frames', type=int, help="default: network's")
    parser.add_argument('--img-size', type=int, help="default: network's")
    parser.add_argument(
        '--dtype', choices=['float32', 'float16'], default='float32')
    parser.add_argument('--batch-size', type=int, default=8)
    parser.add_argument(
        '--workers', type=int, default=0, help='processes that read videos')
    parser.add_argument('--shard', metavar='K/N')
    parser.add_argument('--device', help='default: a GPU if there is one')
    parser.add_argument(
        '--overwrite', action='store_true', help='replace the file')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction)
    return parser.parse_args(args)


def main(args=None) -> None:
    args = parse_args(args)
    try:
        found = extract_features(**vars(args))
    except (FileNotFoundError, ImportError, KeyError, TypeError,
            ValueError) as error:
        # a KeyError would show its text in quotation marks
        raise SystemExit(f'error: {error.args[0]}')
    for name, reason in found.broken.items():
        print(f'broken: {name}: {reason}')
    if found.rows:
        print(f'{found.rows} clips, {len(found.broken)} broken videos: '
              f'{args.out}')
    else:
        print(f'this shard is done, {found.missing} parts are missing; call '
              'again without `--shard` to write the file')


if __name__ == '__main__':
    main()
