"""Test a checkpoint; the options are those of MMAction2.

    python tools/test.py CONFIG CHECKPOINT [options]
"""
import argparse

import _clone  # noqa: F401  an uninstalled clone finds mvd_mm
from mvd_mm.apis import (add_common_arguments, build_runner, load_config,
                         merge_testing_options)
from mvd_mm.utils.user_errors import run_command


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description='Test a model')
    parser.add_argument('config', help='config file')
    parser.add_argument('checkpoint', help='checkpoint file')
    parser.add_argument('--work-dir', help='folder for logs and metrics')
    parser.add_argument(
        '--dump',
        metavar='FILE.pkl',
        help='write the predictions to this file')
    parser.add_argument(
        '--overwrite',
        action='store_true',
        help='replace the file of --dump if there is one')
    parser.add_argument('--show-dir', help='folder for drawn predictions')
    parser.add_argument(
        '--show', action='store_true', help='show predictions in a window')
    parser.add_argument(
        '--interval', type=int, default=1, help='draw every n-th sample')
    parser.add_argument(
        '--wait-time',
        type=float,
        default=2,
        help='seconds a window stays open')
    add_common_arguments(parser)
    return parser.parse_args()


def main() -> None:
    """Test."""
    args = parse_args()
    cfg = load_config(args)
    merge_testing_options(cfg, args)
    build_runner(cfg, args, 'test').test()


if __name__ == '__main__':
    run_command(main)
