"""Tell what a file of weights holds, without a model.

    python tools/model_converters/inspect_checkpoint.py FILE

Prints kind, architecture, position table, counts, what is missing, and the
arguments or the config it was trained with. Exit status 1 if weights are
missing.
"""
import argparse
import reprlib
import runpy
import sys
from pathlib import Path
from typing import List

runpy.run_path(str(Path(__file__).resolve().parents[1] / '_clone.py'))

from mvd_mm.checkpoints import (  # noqa: E402  isort:skip
    KINDS, name_weights, naming_file, read_content, unwrap)
from mvd_mm.conversion import describe, find_gaps  # noqa: E402  isort:skip

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 200
_SHORT.maxlist = _SHORT.maxtuple = _SHORT.maxdict = 20
_SHORT.maxlevel = 3


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('file', metavar='FILE')
    parser.add_argument(
        '--section', help="entry of FILE to look at, e.g. 'model_ema'")
    parser.add_argument(
        '--keys', action='store_true', help='list every weight as well')
    parser.add_argument(
        '--trust',
        action='store_true',
        help='let FILE run code of its own while it is read')
    return parser.parse_args()


def arguments(content: dict) -> List[str]:
    """Lines on how the file was trained."""
    lines = []
    args = content.get('args')
    if args is not None:
        values = args if isinstance(args, dict) else vars(args)
        # a few references may stand for a text without end
        lines += [
            f'  {k} = {_SHORT.repr(v)}' for k, v in sorted(values.items())
        ]
    meta = content.get('meta')
    for key in ('mmengine_version', 'time', 'epoch', 'iter', 'seed',
                'experiment_name'):
        if isinstance(meta, dict) and key in meta:
            lines.append(f'  {key} = {_SHORT.repr(meta[key])}')
    if isinstance(meta, dict) and isinstance(meta.get('cfg'), str):
        lines += ['  config:'] + [f'    {x}' for x in meta['cfg'].splitlines()]
    for key in ('epoch', 'global_step', 'dp_world_size'):
        if isinstance(content.get(key), int):
            lines.append(f'  {key} = {content[key]}')
    return lines


def main() -> int:
    """Print the report."""
    args = parse_args()
    content = read_content(args.file, args.trust)
    state_dict = unwrap(content, args.file, args.section)
    with naming_file(args.file):
        weights, kind, dropped = name_weights(state_dict)
        model = describe(weights)
        gaps = find_gaps(weights, kind, content.get('meta'))
    print(
        f'file: {args.file}, {Path(args.file).stat().st_size / 2**20:.1f} MiB')
    print(f'kind: {kind} ({KINDS[kind]})')
    print(f'architecture: {model.name}, {model.embed_dims} wide, '
          f'{model.depth} deep, tubelets {model.tubelet_size} x '
          f'{model.patch_size} x {model.patch_size}, MLP x '
          f'{model.mlp_ratio:g}, qkv bias {model.qkv_bias}, layer scale '
          f'{model.layer_scale}, closing norm {model.closing}')
    print(f'position table: {model.table}')
    for name, (width, depth, out) in model.decoders.items():
        print(f'decoder {name[:-1]}: {width} wide, {depth} deep, predicts '
              f'{out} values')
    if model.num_classes is not None:
        print(f'classes: {model.num_classes}')
    total = sum(v.numel() for v in state_dict.values())
    types = sorted({str(v.dtype)[len('torch.'):] for v in state_dict.values()})
    print(f'weights: {len(state_dict)} entries, {total} numbers, '
          f'{", ".join(types)}')
    for reason, keys in dropped.items():
        print(f'left out: {len(keys)} ({reason})')
    print(f'missing: {len(gaps)}' + ''.join(f'\n  {gap}' for gap in gaps))
    if not args.file.endswith('.safetensors'):
        lines = arguments(content)
        print('trained with:' if lines else 'trained with: not in the file')
        print(*lines, sep='\n')
    if args.keys:
        for key, value in state_dict.items():
            print(f'{key} {tuple(value.shape)}')
    return 1 if gaps else 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except (ValueError, KeyError, OSError) as error:
        # KeyError puts its message into quotation marks
        message = error.args[0] if isinstance(error, KeyError) else error
        sys.exit(f'inspect_checkpoint.py: {message}')
