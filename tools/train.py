"""Train or pre-train a model; the options are those of MMAction2.

    python tools/train.py CONFIG [options]
"""
import argparse

import _clone  # noqa: F401  an uninstalled clone finds mvd_mm
from mvd_mm.apis import (add_common_arguments, build_runner, load_config,
                         merge_training_options)
from mvd_mm.utils.user_errors import run_command


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description='Train a model')
    parser.add_argument('config', help='config file')
    parser.add_argument('--work-dir', help='folder for logs and checkpoints')
    parser.add_argument(
        '--resume',
        nargs='?',
        const='auto',
        help='resume from this checkpoint or, without a value, from the '
        'latest one in the work directory')
    parser.add_argument(
        '--overwrite',
        action='store_true',
        help='begin in a work directory that holds the checkpoints of another '
        'run; files of the same name are replaced')
    parser.add_argument(
        '--amp',
        action='store_true',
        help='mixed precision: float16 with loss scaling on a GPU, bfloat16 '
        'on a CPU that supports it')
    parser.add_argument(
        '--no-validate',
        action='store_true',
        help='do not evaluate during training')
    parser.add_argument(
        '--auto-scale-lr',
        action='store_true',
        help='scale the learning rate with the actual batch size')
    parser.add_argument(
        '--seed', type=int, help="seed; takes precedence over the config's")
    parser.add_argument(
        '--diff-rank-seed',
        action='store_true',
        help='use a different seed in each process')
    parser.add_argument(
        '--deterministic',
        action='store_true',
        help='use deterministic algorithms only (slower)')
    add_common_arguments(parser)
    return parser.parse_args()


def main() -> None:
    """Train."""
    args = parse_args()
    cfg = load_config(args)
    merge_training_options(cfg, args)
    build_runner(cfg, args, 'train', 'val').train()


if __name__ == '__main__':
    run_command(main)
