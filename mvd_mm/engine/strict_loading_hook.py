"""A checkpoint fills the whole model, also when MMEngine reads it."""
from contextlib import contextmanager
from typing import Any, Iterator, Sequence

from mmengine.hooks import Hook
from mmengine.logging import print_log
from torch import nn
from torch.distributed.fsdp import (FullStateDictConfig,
                                    FullyShardedDataParallel, StateDictType)

from mvd_mm.checkpoints import fit_whole
from mvd_mm.registry import HOOKS
from .gradient_norm import whole_model

__all__ = ['StrictLoadingHook']


@HOOKS.register_module()
class StrictLoadingHook(Hook):
    """Refuse a checkpoint that does not fill the model.

    MMEngine is lenient with ``load_from`` and the checkpoint of a test: if the
    names differ, it loads nothing, warns, and evaluates random weights. This
    hook renames published weights to the names of the model, and stops if the
    file does not fill the model, before anything is loaded. Models without a
    part of this package are left to MMEngine. A run is not resumed from a file
    that holds weights alone. ``tools/train.py`` and
    ``tools/test.py`` add this hook themselves.

    Args:
        allow_missing (Sequence[str]): Prefixes of weights that the file may
            lack or hold in another shape, e.g. ``['cls_head.']`` to start from
            a classifier of other classes.
    """

    priority = 'VERY_HIGH'

    def __init__(self, allow_missing: Sequence[str] = ()) -> None:
        self.allow_missing = tuple(allow_missing)

    def after_load_checkpoint(self, runner, checkpoint: dict) -> None:
        """Check and rename, before MMEngine loads.

        Raises:
            KeyError: If a weight of the file is not accounted for.
            ValueError: If the file does not fill the model, or a run is to be
                resumed from weights alone.
        """
        source = str(getattr(runner, '_load_from', None) or 'the checkpoint')
        _check_content(checkpoint, source)
        if 'state_dict' not in checkpoint and hasattr(runner, 'strategy'):
            return  # DeepSpeed's own, which it loads strictly
        # a strategy keeps the optimiser elsewhere
        if getattr(runner, '_resume',
                   False) and not hasattr(runner, 'strategy'):
            _check_resumable(checkpoint, source)
        model = runner.model
        if not _has_own_parts(whole_model(model)):
            return
        with _whole_weights(model) as whole:
            checkpoint['state_dict'], report = fit_whole(
                whole, checkpoint, source, self.allow_missing)
        print_log(str(report), logger='current')


@contextmanager
def _whole_weights(model: nn.Module) -> Iterator[nn.Module]:
    """Let ``state_dict`` give whole weights, also where they are spread."""
    if not isinstance(model, FullyShardedDataParallel):
        yield whole_model(model)
        return
    with FullyShardedDataParallel.state_dict_type(
            model, StateDictType.FULL_STATE_DICT,
            FullStateDictConfig(rank0_only=False)):
        yield model


def _has_own_parts(model: nn.Module) -> bool:
    return any(
        type(module).__module__.split('.')[0] == 'mvd_mm'
        for module in model.modules())


def _check_content(checkpoint: Any, source: str) -> None:
    if not isinstance(checkpoint, dict):
        raise ValueError(f'{source!r} holds a {type(checkpoint).__name__}, '
                         'not weights by their names')


def _check_resumable(checkpoint: dict, source: str) -> None:
    """MMEngine would begin a new optimiser, or stop at a missing key."""
    meta = checkpoint.get('meta')
    lacking = [
        key for key in ('message_hub', 'optimizer') if key not in checkpoint
    ] + [
        f'meta.{key}' for key in ('epoch', 'iter')
        if not isinstance(meta, dict) or key not in meta
    ]
    if lacking:
        raise ValueError(
            f'{source!r} cannot be resumed from: it has no '
            f'{", ".join(lacking)}, that is, it holds weights alone. To begin '
            'a run with them: `--cfg-options load_from=FILE`, without '
            '`--resume`')
