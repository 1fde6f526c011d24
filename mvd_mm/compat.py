"""Work-arounds for published host packages.

Each function names the fault, the package it belongs to, and the condition
under which it can be deleted. ``apply`` runs when ``mvd_mm`` is imported, that
is, before ``mmaction.models``: every config names ``mvd_mm`` in
``custom_imports``.
"""
import sys
from argparse import Namespace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from pickle import UnpicklingError
from types import ModuleType
from typing import Any

import numpy as np
import torch
from mmaction.datasets.transforms import loading
from mmengine import fileio, runner
from mmengine.evaluator import metric
from mmengine.fileio import file_client
from mmengine.logging import HistoryBuffer
from mmengine.optim.optimizer import default_constructor
from mmengine.runner import Runner, activation_checkpointing
from mmengine.runner import checkpoint as checkpoints
from mmengine.utils import digit_version

from .utils.atomic import whole_file

__all__ = [
    'apply', 'stub_missing_drn', 'restore_numpy_nan', 'trust_classes',
    'replace_file_client', 'checkpoint_without_reentry', 'drop_log_lines',
    'scale_logged_base_lr', 'save_checkpoints_whole'
]


def stub_missing_drn() -> None:
    """Let ``mmaction.models`` import from the mmaction2 1.2.0 wheel.

    The wheel omits ``mmaction.models.localizers.drn`` (the folder has no
    ``__init__.py``, open-mmlab/mmaction2#2714), although the package imports
    ``DRN`` from it. The stub cannot be built, and nothing here uses it.
    Delete when a wheel of mmaction2 ships the folder.
    """
    spec = find_spec('mmaction')
    if spec is None or spec.origin is None:
        return
    drn = Path(spec.origin).parent / 'models' / 'localizers' / 'drn'
    name = 'mmaction.models.localizers.drn'
    if drn.exists() or name in sys.modules:
        return
    package, module = ModuleType(name), ModuleType(f'{name}.drn')
    package.__path__ = []
    setattr(module, 'DRN', type('DRN', (), {}))
    setattr(package, 'drn', module)
    sys.modules.update({name: package, f'{name}.drn': module})


def restore_numpy_nan() -> None:
    """Give NumPy 2 back the name ``NAN``.

    MMAction2's AVA evaluation returns ``np.NAN``, removed in NumPy 2: without
    it a detection run fails after its first epoch. Delete when mmaction2 uses
    ``np.nan``.
    """
    if not hasattr(np, 'NAN'):
        setattr(np, 'NAN', np.nan)


def _statistic_of(owner: type, name: str):
    """The only use of ``getattr`` that a checkpoint may make."""
    if owner is not HistoryBuffer or name not in ('min', 'max', 'current',
                                                  'mean'):
        raise UnpicklingError(f'the file asks for attribute {name!r} of '
                              f'{owner!r}, which is not trusted')
    return getattr(owner, name)


def trust_classes() -> None:
    """Let ``torch.load(weights_only=True)`` read the files of this field.

    torch >= 2.6 refuses every class in a pickle that is not listed. MMEngine
    0.10 checkpoints hold a ``HistoryBuffer`` with NumPy arrays; the published
    files of MVD, VideoMAE and MAE hold an ``argparse.Namespace``. Only these
    are listed, so loading stays safe. Delete when MMEngine lists its own
    classes.
    """
    if not hasattr(torch.serialization, 'add_safe_globals'):
        return  # torch < 2.4 has no list
    rebuild: Any = np.ndarray.__reduce__(np.zeros(0))[0]
    scalar: Any = np.float64(0).__reduce__()[0]
    scalars = (np.float64, np.float32, np.int64, np.int32, np.bool_)
    classes = [
        Namespace,
        HistoryBuffer,
        np.ndarray,
        np.dtype,
        rebuild,
        scalar,
        *scalars,
        # NumPy >= 1.25 pickles the concrete dtype class as well
        *{type(np.dtype(scalar))
          for scalar in scalars},
    ]
    torch.serialization.add_safe_globals(classes)
    if digit_version(torch.__version__) >= digit_version('2.6'):
        torch.serialization.add_safe_globals([
            # a buffer names its own statistics by `getattr`
            (_statistic_of, 'builtins.getattr')
        ])
        # NumPy 2 moved its core, so a file written under NumPy 2 holds
        # another name than one written under NumPy 1; both can be read
        torch.serialization.add_safe_globals([
            (function, f'numpy.{core}.multiarray.{function.__name__}')
            for function in (rebuild, scalar) for core in ('core', '_core')
        ])


class _FileReader:
    """What MMAction2's video readers need of ``FileClient``."""

    def __init__(self, backend: str = 'disk', **kwargs) -> None:
        # 'disk' is the old name of 'local', with a note in the log
        backend = 'local' if backend == 'disk' else backend
        self.backend_args = dict(backend=backend, **kwargs)

    def get(self, filepath: str) -> bytes:
        return fileio.get(filepath, backend_args=self.backend_args)


def replace_file_client() -> None:
    """Read videos through MMEngine's present file functions.

    MMAction2 1.2.0 opens files with ``FileClient``, which logs two notes
    about its deprecation in every worker of every run. Delete when mmaction2
    calls ``mmengine.fileio`` itself.
    """
    if hasattr(loading, 'FileClient'):
        loading.FileClient = _FileReader


def checkpoint_without_reentry() -> None:
    """Let MMEngine's activation checkpointing name its variant.

    MMEngine 0.10 calls ``torch.utils.checkpoint.checkpoint`` without
    ``use_reentrant``. That is a warning in every run and an error in later
    versions of torch. The variant that torch recommends also accepts inputs
    without gradients. Delete when MMEngine passes the argument.
    """
    activation_checkpointing.checkpoint = partial(
        torch.utils.checkpoint.checkpoint, use_reentrant=False)


def drop_log_lines() -> None:
    """Keep lines out of the log that a user cannot act on.

    MMEngine's optimiser constructor warns about every parameter that it
    correctly leaves out, which are hundreds with a frozen teacher. Its hooks
    open files with ``FileClient``, which warns that it is deprecated. Its
    ``DumpResults``, used by ``test.py --dump``, reports no numbers and so
    needs no prefix. Delete each entry when MMEngine no longer logs the line.
    """
    phrases = ('is skipped since its requires_grad=False',
               '"FileClient" will be deprecated',
               'is the alias of "LocalBackend"',
               'The prefix is not set in metric class DumpResults')
    for module in (default_constructor, file_client, metric):
        host_print_log = module.print_log
        if getattr(host_print_log, '_drops_lines', False):
            continue

        def print_log(msg, *args, _print_log=host_print_log, **kwargs):
            if not any(phrase in str(msg) for phrase in phrases):
                _print_log(msg, *args, **kwargs)

        setattr(print_log, '_drops_lines', True)
        module.print_log = print_log


def scale_logged_base_lr() -> None:
    """Let ``--auto-scale-lr`` scale the ``base_lr`` of the log as well.

    MMEngine 0.10 scales every group of parameters, but not the settings that
    the log's ``base_lr`` is read from. So with a layer-wise decay a run
    reports a learning rate that it does not use. Delete when
    ``Runner.scale_lr`` scales ``base_param_settings``.
    """
    host_scale_lr = Runner.scale_lr
    if getattr(host_scale_lr, '_scales_base_lr', False):
        return

    def scale_lr(self, optim_wrapper, auto_scale_lr=None) -> None:
        base = getattr(optim_wrapper, 'base_param_settings', None)
        if base is None:
            return host_scale_lr(self, optim_wrapper, auto_scale_lr)
        group = optim_wrapper.optimizer.param_groups[0]
        before = group['lr']
        host_scale_lr(self, optim_wrapper, auto_scale_lr)
        if before:
            base['lr'] *= group['lr'] / before

    setattr(scale_lr, '_scales_base_lr', True)
    Runner.scale_lr = scale_lr


def save_checkpoints_whole() -> None:
    """Let no interruption leave half a checkpoint under its name.

    MMEngine 0.10 writes into the file itself: a kill or a full disk leaves a
    part of it, in the place of a whole one where the name was used before.
    Delete when ``mmengine.runner.save_checkpoint`` renames a finished file.
    """
    host_save = checkpoints.save_checkpoint
    if getattr(host_save, '_is_atomic', False):
        return

    def save_checkpoint(checkpoint, filename, *args, **kwargs) -> None:
        if '://' in str(filename) or any(args) or any(kwargs.values()):
            return host_save(checkpoint, filename, *args, **kwargs)
        Path(filename).parent.mkdir(parents=True, exist_ok=True)
        with whole_file(filename) as part, open(part, 'wb') as file:
            try:
                torch.save(checkpoint, file)
            except RuntimeError as error:
                # torch hides why it could not write, e.g. a full disk
                if isinstance(error.__context__, OSError):
                    raise error.__context__ from None
                raise

    setattr(save_checkpoint, '_is_atomic', True)
    for place in (checkpoints, runner, runner.runner):
        setattr(place, 'save_checkpoint', save_checkpoint)


def apply() -> None:
    """Apply every work-around; safe to call twice."""
    restore_numpy_nan()
    stub_missing_drn()
    trust_classes()
    replace_file_client()
    checkpoint_without_reentry()
    drop_log_lines()
    scale_logged_base_lr()
    save_checkpoints_whole()
