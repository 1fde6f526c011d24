"""Work-arounds for published host packages.

Each function names the fault, the package it belongs to, and the condition
under which it can be deleted. ``apply`` runs when ``mvd_mm`` is imported, that
is, before ``mmaction.models``: every config names ``mvd_mm`` in
``custom_imports``.
"""
import sys
import warnings
from functools import partial
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Callable, Tuple

import numpy as np
import torch
from mmengine.utils import digit_version

from .utils.atomic import whole_file
from .utils.checkpoint_reading import SafeTorch, load_url
from .utils.late_patches import patch_on_import
from .utils.mmcv_operators import stand_in_for_operators
from .utils.terminal_log import shorten_terminal_log
from .utils.trusted_classes import CLASSES, HOSTS

__all__ = [
    'apply', 'stub_missing_drn', 'restore_numpy_names', 'trust_classes',
    'checkpoint_without_reentry', 'drop_log_lines', 'scale_logged_base_lr',
    'shorten_log_of_runner', 'read_checkpoints_safely',
    'save_checkpoints_whole', 'scale_logged_base_lr_of_strategy',
    'register_deepspeed_optimizers_that_exist', 'skip_broken_vindlu'
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


# Every removed name that the hosts use, with its present equal. Found with
#   grep -rnE 'np\.(NAN|Inf|in1d|trapz|float|long)\b' mmaction mmdet mmcv
# and checked by a test that looks up every `np.X` in the hosts' sources
_NUMPY_NAMES = {
    # AVA evaluation of mmaction2; without it a detection run fails after its
    # first epoch (removed in NumPy 2.0)
    'NAN': lambda: np.nan,
    # pose transforms and utils.misc of mmaction2 (2.0)
    'Inf': lambda: np.inf,
    # retrieval metrics of mmaction2 (2.4)
    'in1d': lambda: np.isin,
    # temporal localisation of mmaction2 (2.4)
    'trapz': lambda: getattr(np, 'trapezoid'),
    # YouTube-VIS evaluation of mmdet, PixelGroup of mmcv (1.24)
    'float': lambda: float,
    # text transforms of mmdet (1.24; NumPy 2 has it again)
    'long': lambda: int,
}


def restore_numpy_names() -> None:
    """Give NumPy back the names that it removed and the hosts still use.

    Names that NumPy has are left as they are. Delete an entry when the host
    in its comment uses the present name.
    """
    for name, present in _NUMPY_NAMES.items():
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')  # NumPy 1 warns of the question
            missing = not hasattr(np, name)
        if missing:
            setattr(np, name, present())


def trust_classes() -> None:
    """Let ``torch.load(weights_only=True)`` read the files of this field.

    torch >= 2.6 refuses every class in a pickle that is not listed. Only
    classes that are data are listed, so loading stays safe. Delete when
    MMEngine lists its own classes.
    """
    if not hasattr(torch.serialization, 'add_safe_globals'):
        return  # torch < 2.4 has no list
    torch.serialization.add_safe_globals(CLASSES)
    if digit_version(torch.__version__) >= digit_version('2.6'):
        torch.serialization.add_safe_globals([
            (value, name) for name, value in HOSTS.items()
        ])


def checkpoint_without_reentry(activation_checkpointing) -> None:
    """Let MMEngine's activation checkpointing name its variant.

    MMEngine 0.10 calls ``torch.utils.checkpoint.checkpoint`` without
    ``use_reentrant``. That is a warning in every run and an error in later
    versions of torch. The variant that torch recommends also accepts inputs
    without gradients. Delete when MMEngine passes the argument.

    Args:
        activation_checkpointing (module): Of ``mmengine.runner``; changed.
    """
    activation_checkpointing.checkpoint = partial(
        torch.utils.checkpoint.checkpoint, use_reentrant=False)


def drop_log_lines(module) -> None:
    """Keep lines out of the log that a user cannot act on.

    MMEngine's optimiser constructor warns about every parameter that it
    correctly leaves out, which are hundreds with a frozen teacher. Its hooks
    and MMAction2's readers of videos open files with ``FileClient``, which
    warns that it is deprecated. Its
    ``DumpResults``, used by ``test.py --dump``, reports no numbers and so
    needs no prefix. Delete each entry when MMEngine no longer logs the line.

    Args:
        module (module): Of MMEngine or MMAction2, one that logs; changed.
    """
    phrases = ('is skipped since its requires_grad=False',
               '"FileClient" will be deprecated',
               'is the alias of "LocalBackend"',
               'The prefix is not set in metric class DumpResults')
    host_print_log = module.print_log
    if getattr(host_print_log, '_drops_lines', False):
        return

    def print_log(msg, *args, **kwargs):
        if not any(phrase in str(msg) for phrase in phrases):
            host_print_log(msg, *args, **kwargs)

    setattr(print_log, '_drops_lines', True)
    module.print_log = print_log


def scale_logged_base_lr(module) -> None:
    """Let ``--auto-scale-lr`` scale the ``base_lr`` of the log as well.

    MMEngine 0.10 scales every group of parameters, but not the settings that
    the log's ``base_lr`` is read from. So with a layer-wise decay a run
    reports a learning rate that it does not use. Delete when
    ``Runner.scale_lr`` scales ``base_param_settings``.

    Args:
        module (module): ``mmengine.runner.runner``; changed.
    """
    Runner = module.Runner
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


def shorten_log_of_runner(module) -> None:
    """Keep what no one reads on a screen in the file of the log alone.

    MMEngine writes the environment, the whole config and the order of the
    hooks, several hundred lines, to the terminal. Delete when MMEngine writes
    them to the file alone.

    Args:
        module (module): ``mmengine.runner.runner``; changed.
    """
    host_build_logger = module.Runner.build_logger
    if getattr(host_build_logger, '_is_short', False):
        return

    def build_logger(self, *args, **kwargs):
        logger = host_build_logger(self, *args, **kwargs)
        shorten_terminal_log(logger)
        return logger

    setattr(build_logger, '_is_short', True)
    module.Runner.build_logger = build_logger


def read_checkpoints_safely(module) -> None:
    """Let no file of weights execute anything, with any version of torch.

    MMEngine 0.10 calls ``torch.load`` without ``weights_only``: before torch
    2.6 a checkpoint runs whatever its writer put into it, and later one that
    is empty, cut or a text ends in an error that does not name it. Delete when
    MMEngine reads ``weights_only`` and setup.cfg asks for torch 2.6.

    Args:
        module (module): ``mmengine.runner.checkpoint``; changed.
    """
    module.torch = SafeTorch()
    module.load_url = load_url


def save_checkpoints_whole(module) -> None:
    """Let no interruption leave half a checkpoint under its name.

    MMEngine 0.10 writes into the file itself: a kill or a full disk leaves a
    part of it, in the place of a whole one where the name was used before.
    Delete when ``mmengine.runner.save_checkpoint`` renames a finished file.

    Args:
        module (module): One that holds ``save_checkpoint``; changed.
    """
    host_save = module.save_checkpoint
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
    module.save_checkpoint = save_checkpoint


def register_deepspeed_optimizers_that_exist(module) -> None:
    """Let MMEngine's strategy be built with a present DeepSpeed.

    MMEngine 0.10 imports every optimiser of DeepSpeed to register it, the
    1-bit ones among them, whose folder DeepSpeed removed (it is gone from
    0.19). No recipe here uses any of them. Delete when MMEngine registers
    only what is there.

    Args:
        module (module): ``mmengine._strategy.deepspeed``; changed.
    """
    host_register = module.register_deepspeed_optimizers
    if getattr(host_register, '_ignores_missing', False):
        return

    def register_deepspeed_optimizers():
        try:
            return host_register()
        except ImportError:
            return []

    setattr(register_deepspeed_optimizers, '_ignores_missing', True)
    module.register_deepspeed_optimizers = register_deepspeed_optimizers


def scale_logged_base_lr_of_strategy(module) -> None:
    """Do for strategies what :func:`scale_logged_base_lr` does for a runner.

    Delete when ``BaseStrategy._scale_lr`` scales ``base_param_settings``.

    Args:
        module (module): ``mmengine._strategy.base``; changed.
    """
    Strategy = module.BaseStrategy
    host_scale_lr = Strategy._scale_lr
    if getattr(host_scale_lr, '_scales_base_lr', False):
        return

    def _scale_lr(self) -> None:
        base = getattr(self.optim_wrapper, 'base_param_settings', None)
        group = self.optim_wrapper.optimizer.param_groups[0]
        before = group['lr']
        host_scale_lr(self)
        if base is not None and before:
            base['lr'] *= group['lr'] / before

    setattr(_scale_lr, '_scales_base_lr', True)
    Strategy._scale_lr = _scale_lr


def skip_broken_vindlu(module) -> None:
    """Let ``mmaction.models`` import beside every ``transformers``.

    MMAction2 1.2 imports its VindLU as soon as transformers is installed.
    VindLU needs more than that: timm, hence a torchvision that fits torch,
    and functions that transformers 5 no longer has where they are looked for.
    Where it cannot be imported, MMAction2's own placeholders stand for it, as
    they do without transformers; nothing here uses it. Delete when mmaction2
    asks for all that VindLU imports.

    Args:
        module (module): ``mmaction.utils.dependency``; changed.
    """
    if module.WITH_MULTIMODAL and not _vindlu_can_be_imported():
        module.WITH_MULTIMODAL = False


def _vindlu_can_be_imported() -> bool:
    if digit_version(version('transformers')) >= digit_version('5'):
        return False  # known, and its import takes seconds
    try:
        import_module('timm.models.layers')
        utils = import_module('transformers.modeling_utils')
    # a torchvision of another torch raises RuntimeError or OSError
    except (ImportError, RuntimeError, OSError):
        return False
    return hasattr(utils, 'apply_chunking_to_forward')


# what is changed where; a module that nothing imports stays out of the process
_PATCHES: Tuple[Tuple[str, Callable], ...] = (
    ('mmengine.runner.activation_checkpointing', checkpoint_without_reentry),
    ('mmengine.optim.optimizer.default_constructor', drop_log_lines),
    ('mmengine.fileio.file_client', drop_log_lines),
    ('mmengine.evaluator.metric', drop_log_lines),
    ('mmengine.runner.checkpoint', read_checkpoints_safely),
    ('mmengine.runner.checkpoint', save_checkpoints_whole),
    # these two hold the name as well, where they were imported before
    ('mmengine.runner', save_checkpoints_whole),
    ('mmengine.runner.runner', save_checkpoints_whole),
    ('mmengine.runner.runner', scale_logged_base_lr),
    ('mmengine._strategy.base', scale_logged_base_lr_of_strategy),
    ('mmengine._strategy.deepspeed', register_deepspeed_optimizers_that_exist),
    ('mmengine.runner.runner', shorten_log_of_runner),
    ('mmaction.utils.dependency', skip_broken_vindlu),
)


def apply() -> None:
    """Apply every work-around; safe to call twice."""
    restore_numpy_names()
    stand_in_for_operators()
    stub_missing_drn()
    trust_classes()
    for name, patch in _PATCHES:
        patch_on_import(name, patch)
