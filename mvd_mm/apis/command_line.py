"""What ``tools/train.py`` and ``tools/test.py`` have in common."""
import argparse
import atexit
import os
from copy import deepcopy
from pathlib import Path

import torch
from mmaction.registry import RUNNERS
from mmengine.config import Config, DictAction
from mmengine.runner import Runner

from mvd_mm.engine import StrictLoadingHook
from mvd_mm.utils.processes import leave_processes
from .config_checks import (check_config, check_config_options, check_needed,
                            merge_options)
from .config_variables import read_config
from .list_checks import check_lists
from .run_options import check_precision
from .strategies import check_strategy
from .weight_checks import check_weight_files

__all__ = [
    'add_common_arguments', 'load_config', 'build_runner', 'join_cpu_processes'
]


class _Options(DictAction):
    """MMEngine's, which ends in a traceback where there is no `=`."""

    def __call__(self, parser, namespace, values, option_string=None):
        for value in values:
            if not value.partition('=')[1]:
                parser.error(f'{option_string} {value}: give KEY=VALUE')
        super().__call__(parser, namespace, values, option_string)


def add_common_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of MMAction2 that training and testing share.

    Args:
        parser (argparse.ArgumentParser): Receives them.
    """
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=_Options,
        metavar='KEY=VALUE',
        help='override keys of the config, e.g. '
        'train_dataloader.batch_size=4 or key="[(a,b),(c,d)]" (lists and '
        'tuples in quotation marks, without blanks)')
    parser.add_argument(
        '--launcher',
        choices=['none', 'pytorch', 'slurm', 'mpi'],
        default='none',
        help='what started the processes of a distributed run')
    # torch.distributed.launch passes either spelling, depending on its version
    parser.add_argument('--local_rank', '--local-rank', type=int, default=0)


def load_config(args: argparse.Namespace) -> Config:
    """Read a config, and refuse what nothing would read or run with.

    Overrides of the config's variables are applied while it is read. All are
    merged last, by :func:`build_runner`, after the options that have a name of
    their own.

    Args:
        args (argparse.Namespace): Of a command that has the common options.

    Returns:
        Config: With the overrides of its variables.

    Raises:
        FileNotFoundError: If there is no such config file.
        KeyError: If a class is not registered.
        TypeError: If a key is not known where it stands, or its value is of
            another type.
        ValueError: If the file is no config, ``--cfg-options`` names an
            unknown key, or a value is outside its range.
    """
    os.environ.setdefault('LOCAL_RANK', str(args.local_rank))
    cfg, settled = read_config(args.config, args.cfg_options)
    check_config_options(
        cfg, {
            key: value
            for key, value in (args.cfg_options or {}).items()
            if key not in settled
        })
    cfg.launcher = args.launcher
    # priority: command line, config, name of the config
    if args.work_dir is not None:
        cfg.work_dir = args.work_dir
    elif cfg.get('work_dir') is None:
        cfg.work_dir = str(Path('work_dirs') / Path(args.config).stem)
    whole = deepcopy(cfg)
    merge_options(whole, args.cfg_options)
    check_config(whole)
    return cfg


def build_runner(cfg: Config, args: argparse.Namespace, *parts: str) -> Runner:
    """Merge ``--cfg-options``, check every module's arguments, build.

    A ``StrictLoadingHook`` is added unless the config has one.

    Args:
        cfg (Config): From :func:`load_config`.
        args (argparse.Namespace): With ``cfg_options``.
        *parts (str): Of 'train', 'val' and 'test', what will run:
            their lists of videos must exist.

    Raises:
        FileNotFoundError: If a list of videos or a file of weights does not
            exist.
        KeyError: If a class is not registered.
        TypeError: If a class has no argument of that name.
        ValueError: If a value is outside its range, a file of weights cannot
            be one, training is to use a precision that needs a GPU, and
            there is none, or its runner would ignore a setting.
    """
    merge_options(cfg, args.cfg_options)
    if 'train' in parts:
        check_precision(cfg)
    check_config(cfg)
    for part in {'train', 'test'} & set(parts):
        check_needed(cfg, part)
    check_lists(cfg, parts)
    check_weight_files(cfg, 'train' in parts)
    if cfg.launcher == 'pytorch' and not torch.cuda.is_available():
        join_cpu_processes(cfg)
    check_strategy(cfg)
    if 'runner_type' in cfg:
        runner = RUNNERS.build(cfg)
    else:
        runner = Runner.from_cfg(cfg)
    if not any(isinstance(h, StrictLoadingHook) for h in runner.hooks):
        runner.register_hook(StrictLoadingHook())
    return runner


def join_cpu_processes(cfg: Config) -> None:
    """Let several processes train together on a machine without a GPU.

    MMEngine 0.10 calls ``torch.cuda.set_device`` whatever the backend, unless
    a process group exists already, and gives ``DistributedDataParallel`` a
    GPU number unless the config has one of its own.
    """
    torch.distributed.init_process_group('gloo')
    # gloo's threads must not outlive the interpreter
    atexit.register(leave_processes)
    wrapper = dict(
        type='MMDistributedDataParallel',
        broadcast_buffers=False,
        find_unused_parameters=cfg.get('find_unused_parameters', False))
    wrapper.update(cfg.get('model_wrapper_cfg') or {}, device_ids=None)
    cfg.model_wrapper_cfg = wrapper
