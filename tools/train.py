"""Train or pre-train a model; the options are those of MMAction2.

    python tools/train.py CONFIG [options]
"""
import argparse
import sys
from importlib.util import find_spec
from pathlib import Path

if find_spec('mvd_mm') is None:
    # a clone that is not installed
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import mvd_mm  # noqa: F401  isort:skip  mends mmaction.models: comes first

import torch  # isort:skip
from mmengine.config import Config  # isort:skip
from mvd_mm.apis.command_line import (  # isort:skip
    add_common_arguments, build_runner, load_config)

FULL_PRECISION = 'OptimWrapper'
CPU_AMP = 'mvd_mm.AutocastOptimWrapper'
GPU_AMP = 'AmpOptimWrapper'


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description='Train a model')
    parser.add_argument('config', help='config file')
    parser.add_argument('--work-dir', help='folder for logs and checkpoints')
    parser.add_argument(
        '--resume',
        nargs='?',
        const='auto',
        help='go on from this checkpoint, or, without a value, from the '
        'latest one in the work directory')
    parser.add_argument(
        '--amp',
        action='store_true',
        help='mixed precision: float16 with loss scaling on a GPU, bfloat16 '
        'on a CPU that computes in it')
    parser.add_argument(
        '--no-validate',
        action='store_true',
        help='do not evaluate during training')
    parser.add_argument(
        '--auto-scale-lr',
        action='store_true',
        help='scale the learning rate with the real batch size')
    parser.add_argument(
        '--seed', type=int, help="seed; wins over the config's `randomness`")
    parser.add_argument(
        '--diff-rank-seed',
        action='store_true',
        help='another seed for each process')
    parser.add_argument(
        '--deterministic',
        action='store_true',
        help='deterministic algorithms only (slower)')
    add_common_arguments(parser)
    return parser.parse_args()


def use_mixed_precision(cfg: Config) -> None:
    """Choose the optimiser wrapper of ``--amp``.

    MMEngine's ``AmpOptimWrapper`` cannot be built without a GPU.

    Raises:
        ValueError: If the config uses a wrapper that is not known here.
    """
    known = (FULL_PRECISION, GPU_AMP, CPU_AMP)
    found = cfg.optim_wrapper.get('type', FULL_PRECISION)
    if found not in known:
        raise ValueError(f'`--amp` cannot replace `optim_wrapper.type='
                         f'{found}`; it knows {", ".join(known)}')
    if found == CPU_AMP:
        return
    if torch.cuda.is_available():
        cfg.optim_wrapper.type = GPU_AMP
        cfg.optim_wrapper.setdefault('loss_scale', 'dynamic')
        return
    cfg.optim_wrapper.type = CPU_AMP
    # arguments of the GPU wrapper only: bfloat16 needs no loss scaling
    for name in ('loss_scale', 'dtype', 'use_fsdp'):
        cfg.optim_wrapper.pop(name, None)


def merge_args(cfg: Config, args: argparse.Namespace) -> None:
    """Write the options into the config.

    Raises:
        FileNotFoundError: If the checkpoint to resume from does not exist.
        ValueError: If an option asks for what the config cannot give.
    """
    if args.no_validate:
        cfg.val_cfg = cfg.val_dataloader = cfg.val_evaluator = None
    if args.amp:
        use_mixed_precision(cfg)
    if args.resume is not None:
        cfg.resume = True
        cfg.load_from = None if args.resume == 'auto' else args.resume
        if cfg.load_from and '://' not in cfg.load_from and not Path(
                cfg.load_from).is_file():
            raise FileNotFoundError(
                f'`--resume`: there is no checkpoint {cfg.load_from}; '
                '`--resume` without a value takes the latest one in '
                f'{cfg.work_dir}')
    if args.auto_scale_lr:
        if 'base_batch_size' not in (cfg.get('auto_scale_lr') or {}):
            raise ValueError(
                '`--auto-scale-lr` needs to know the batch size the learning '
                'rate was chosen for: add `auto_scale_lr = dict('
                'base_batch_size=GPUS x CLIPS_PER_GPU)` to '
                f'{args.config}')
        cfg.auto_scale_lr.enable = True
    # MMAction2 ignores these options where the config has `randomness`
    randomness = dict(cfg.get('randomness') or {})
    if args.seed is not None:
        randomness['seed'] = args.seed
    randomness['diff_rank_seed'] = (
        args.diff_rank_seed or randomness.get('diff_rank_seed', False))
    randomness['deterministic'] = (
        args.deterministic or randomness.get('deterministic', False))
    randomness.setdefault('seed', None)
    cfg.randomness = randomness


def main() -> None:
    """Train."""
    args = parse_args()
    cfg = load_config(args)
    merge_args(cfg, args)
    build_runner(cfg, args).train()


if __name__ == '__main__':
    main()
