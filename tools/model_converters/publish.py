"""Make a file to hand on out of a checkpoint of a run.

    python tools/model_converters/publish.py SRC DST.pth

Keeps the weights alone (no optimiser, schedule, log or random state; of the
moving average where the run kept one) and the text of the config, and appends
the first eight digits of the file's SHA-256 to the name, as `mim` and MMEngine
expect it: DST-0123abcd.pth.
"""
import os
import sys

# `inspect.py` in this folder must not stand for the module of that name
_FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [p for p in sys.path if os.path.abspath(p) != _FOLDER]

import argparse  # noqa: E402  isort:skip
import hashlib  # noqa: E402  isort:skip
from importlib.util import find_spec  # noqa: E402  isort:skip
from pathlib import Path  # noqa: E402  isort:skip

if find_spec('mvd_mm') is None:
    # a clone that is not installed
    sys.path.insert(0, os.path.dirname(os.path.dirname(_FOLDER)))

import mvd_mm  # noqa: E402,F401  isort:skip  mends the host packages first
from mvd_mm.checkpoints import (  # noqa: E402  isort:skip
    check_target, name_weights, naming_file, read_content, unwrap,
    write_state_dict)
from mvd_mm.conversion import find_gaps  # noqa: E402  isort:skip


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('src', metavar='SRC', help='checkpoint of a run')
    parser.add_argument('dst', metavar='DST', help='.pth or .safetensors')
    parser.add_argument(
        '--no-config',
        action='store_true',
        help='leave the text of the config out: it names folders')
    parser.add_argument(
        '--trust',
        action='store_true',
        help='let SRC run code of its own while it is read')
    return parser.parse_args()


def publish(src: str, dst: str, config: bool, trust: bool) -> Path:
    """Write the file and return its name.

    Args:
        src (str): Checkpoint of a run.
        dst (str): Name without the hash.
        config (bool): Keep the text of the config.
        trust (bool): See :func:`mvd_mm.checkpoints.read_content`.

    Raises:
        ValueError: If the checkpoint is not complete.
    """
    check_target(dst, overwrite=True)  # the hash is not known yet
    content = read_content(src, trust)
    weights = unwrap(content, src)
    old = content.get('meta')
    old = old if isinstance(old, dict) else {}
    with naming_file(src):
        weights, kind, _ = name_weights(weights)
        gaps = find_gaps(weights, kind, old)
    if gaps:
        raise ValueError(f'{src!r} is not complete, {len(gaps)} weights are '
                         f'missing or do not fit, among them {gaps[:5]}')
    meta = {
        k: old[k]
        for k in ('epoch', 'iter', 'mmengine_version', 'dataset_meta',
                  'converted_from', 'pos_embed') if k in old
    }
    if config and 'cfg' in old:
        meta['cfg'] = old['cfg']
    path = Path(dst)
    partial = path.with_name(f'{path.stem}.part{path.suffix}')
    write_state_dict(weights, str(partial), meta=meta)
    digest = hashlib.sha256(partial.read_bytes()).hexdigest()[:8]
    final = path.with_name(f'{path.stem}-{digest}{path.suffix}')
    partial.replace(final)
    return final


def main() -> None:
    """Publish and print the name."""
    args = parse_args()
    final = publish(args.src, args.dst, not args.no_config, args.trust)
    print(f'{final} ({final.stat().st_size / 2**20:.1f} MiB)')


if __name__ == '__main__':
    try:
        main()
    except (ValueError, KeyError, OSError) as error:
        # KeyError puts its message into quotation marks
        message = error.args[0] if isinstance(error, KeyError) else error
        sys.exit(f'publish.py: {message}')
