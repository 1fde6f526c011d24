"""What the options of ``tools/train.py`` and ``test.py`` do to a config."""
import argparse
from pathlib import Path

import torch
from mmengine.config import Config
from mmengine.device import get_device

from .resume import choose_start, is_restart
from .weight_checks import check_weight_file

__all__ = [
    'check_precision', 'merge_testing_options', 'merge_training_options',
    'use_mixed_precision'
]

FULL_PRECISION = 'OptimWrapper'
CPU_AMP = 'mvd_mm.AutocastOptimWrapper'
GPU_AMP = 'AmpOptimWrapper'


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
                         f'{found}`; it can replace {", ".join(known)}')
    if found == CPU_AMP:
        return
    if torch.cuda.is_available():
        cfg.optim_wrapper.type = GPU_AMP
        cfg.optim_wrapper.setdefault('loss_scale', 'dynamic')
        return
    cfg.optim_wrapper.type = CPU_AMP
    # only the wrapper for GPUs has these: bfloat16 needs no loss scaling
    for name in ('loss_scale', 'dtype', 'use_fsdp'):
        cfg.optim_wrapper.pop(name, None)


def check_precision(cfg: Config) -> None:
    """Refuse MMEngine's mixed precision on a machine that has no GPU.

    Args:
        cfg (Config): After all overrides.

    Raises:
        ValueError: With the options that make the config run here.
    """
    wrapper = (cfg.get('optim_wrapper') or {}).get('type')
    if wrapper != GPU_AMP or get_device() != 'cpu':
        return
    raise ValueError(
        f'`optim_wrapper.type={GPU_AMP}`, the float16 of the published '
        'recipes, needs a GPU, and PyTorch finds none here. Add `--amp`: on a '
        f'CPU it uses {CPU_AMP}, bfloat16 where that is faster and float32 '
        'elsewhere. Or write into the config `optim_wrapper = '
        f"dict(type='{FULL_PRECISION}')` and remove `loss_scale` for float32. "
        'If the machine has a GPU, `python tools/doctor.py` says why it is '
        'not seen')


def merge_training_options(cfg: Config, args: argparse.Namespace) -> None:
    """Write the options of ``tools/train.py`` into the config.

    Args:
        cfg (Config): Changed.
        args (argparse.Namespace): The options.

    Raises:
        FileNotFoundError: If there is no checkpoint to resume from.
        ValueError: If an option asks for what the config cannot give, or a
            run would begin in the work directory of another.
    """
    if args.no_validate:
        cfg.val_cfg = cfg.val_dataloader = cfg.val_evaluator = None
    if args.amp:
        use_mixed_precision(cfg)
    _merge_start(cfg, args)
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


def _merge_start(cfg: Config, args: argparse.Namespace) -> None:
    """Write what the run starts from into the config."""
    # these are merged later, but decide here
    options = args.cfg_options or {}
    work_dir = Path(options.get('work_dir', cfg.work_dir))
    stated = options.get('resume', cfg.get('resume', False))
    if args.resume not in (None, 'auto') and not is_restart(work_dir):
        if args.overwrite:
            raise ValueError('`--resume` and `--overwrite` exclude each other')
        cfg.resume, cfg.load_from = True, args.resume
        try:
            # a strategy's checkpoints may be folders
            if 'strategy' not in cfg or not Path(args.resume).is_dir():
                check_weight_file(args.resume, '--resume')
        except FileNotFoundError as error:
            raise FileNotFoundError(
                f'{error}; `--resume` without a value takes the latest '
                f'checkpoint in {work_dir}') from None
        return
    if stated and options.get('load_from', cfg.get('load_from')):
        return  # the config names the checkpoint to resume from
    found = choose_start(
        work_dir,
        resume=args.resume is not None or stated,
        overwrite=args.overwrite,
        # `resume = True` in a config is there before the first checkpoint is
        optional=args.resume is None)
    if found is not None:
        cfg.resume, cfg.load_from = True, str(found)
    elif stated:
        cfg.resume = False


def merge_testing_options(cfg: Config, args: argparse.Namespace) -> None:
    """Write the options of ``tools/test.py`` into the config.

    Args:
        cfg (Config): Changed.
        args (argparse.Namespace): The options.

    Raises:
        FileNotFoundError: If the checkpoint does not exist.
        ValueError: If an option asks for what the config cannot give, the
            checkpoint cannot be one, or a file would be replaced.
    """
    try:
        check_weight_file(args.checkpoint, 'checkpoint')
    except FileNotFoundError as error:
        raise FileNotFoundError(f'{error} (seen from {Path.cwd()})') from None
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
        _check_dump(Path(args.dump), args.overwrite)
        # merged now, because the evaluator becomes a list below
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


def _check_dump(path: Path, overwrite: bool) -> None:
    """Refuse a file that cannot be written, or is there, before the test."""
    if path.suffix not in ('.pkl', '.pickle'):
        raise ValueError('`--dump` writes a pickle: the name must end with '
                         f".pkl or .pickle, got '{path}'")
    if path.is_dir() or (path.parent.exists() and not path.parent.is_dir()):
        raise ValueError(f"`--dump` '{path}' cannot be written: there is a "
                         'folder of that name, or its folder is a file')
    if path.exists() and not overwrite:
        raise ValueError(f"`--dump` '{path}' exists: choose another name or "
                         'add --overwrite')
    path.parent.mkdir(parents=True, exist_ok=True)
