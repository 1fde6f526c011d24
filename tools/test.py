"""Test a checkpoint; the options are those of MMAction2.

    python tools/test.py CONFIG CHECKPOINT [options]
"""
import argparse
import sys
from importlib.util import find_spec
from pathlib import Path

if find_spec('mvd_mm') is None:
    # a clone that is not installed
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import mvd_mm  # noqa: F401  isort:skip  mends mmaction.models: comes first

from mmengine.config import Config  # isort:skip
from mvd_mm.apis.command_line import (  # isort:skip
    add_common_arguments, build_runner, load_config)


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description='Test a model')
    parser.add_argument('config', help='config file')
    parser.add_argument('checkpoint', help='checkpoint file')
    parser.add_argument('--work-dir', help='folder for logs and metrics')
    parser.add_argument(
        '--dump',
        metavar='FILE.pkl',
        help='write the predictions here for an evaluation of your own')
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


def merge_args(cfg: Config, args: argparse.Namespace) -> None:
    """Write the options into the config.

    Raises:
        FileNotFoundError: If the checkpoint does not exist.
        ValueError: If an option asks for what the config cannot give.
    """
    if '://' not in args.checkpoint and not Path(args.checkpoint).is_file():
        raise FileNotFoundError(
            f'`checkpoint`: there is no file {args.checkpoint} (seen from '
            f'{Path.cwd()})')
    cfg.load_from = args.checkpoint
    if args.show or args.show_dir is not None:
        if 'visualization' not in (cfg.get('default_hooks') or {}):
            raise ValueError(
                '`--show` and `--show-dir` need a hook that draws: add '
                "`visualization=dict(type='VisualizationHook')` to "
                f'`default_hooks` in {args.config}')
        cfg.default_hooks.visualization.update(
            enable=True,
            show=args.show,
            wait_time=args.wait_time,
            out_dir=args.show_dir,
            interval=args.interval)
    if args.dump is not None:
        if not args.dump.endswith(('.pkl', '.pickle')):
            raise ValueError('`--dump` writes a pickle: the name must end '
                             f'with .pkl or .pickle, got {args.dump!r}')
        # now: in the list below they would not find their place
        options = args.cfg_options or {}
        own = {k for k in options if k.split('.')[0] == 'test_evaluator'}
        cfg.merge_from_dict({k: options.pop(k) for k in own})
        evaluators = cfg.get('test_evaluator') or []
        if not isinstance(evaluators, (list, tuple)):
            evaluators = [evaluators]
        cfg.test_evaluator = [
            *evaluators,
            dict(type='DumpResults', out_file_path=args.dump)
        ]


def main() -> None:
    """Test."""
    args = parse_args()
    cfg = load_config(args)
    merge_args(cfg, args)
    build_runner(cfg, args).test()


if __name__ == '__main__':
    main()
