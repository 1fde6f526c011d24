"""Make a file to hand on out of a checkpoint of a run.

    python tools/model_converters/publish.py SRC DST.pth

Keeps the weights alone (no optimiser, schedule, log or random state; of the
moving average where the run kept one) and the text of the config, and appends
the first eight digits of the file's SHA-256 to the name, as `mim` and MMEngine
expect it: DST-0123abcd.pth.
"""
import argparse
import runpy
import sys
from pathlib import Path

runpy.run_path(str(Path(__file__).resolve().parents[1] / '_clone.py'))

from mvd_mm.conversion import publish  # noqa: E402  isort:skip


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
