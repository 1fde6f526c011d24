"""A run stops, or leaves out a step, when its loss is not finite any more."""
import logging
import math
from pathlib import Path
from typing import Any, Dict, List, Optional

import torch
from mmengine.dist import get_rank
from mmengine.hooks import Hook
from mmengine.logging import print_log
from mmengine.optim import OptimWrapper
from torch import Tensor
from torch.nn.modules.batchnorm import _NormBase

from mvd_mm.registry import HOOKS
from mvd_mm.utils.atomic import whole_file
from .gradient_norm import whole_model
from .nonfinite_cause import Cause, find_cause
from .step_guard import StepGuard

__all__ = ['FiniteLossHook']

_COUNT = 'skipped_updates'


@HOOKS.register_module()
class FiniteLossHook(Hook):
    """Stop at the first loss or gradient that is NaN or infinite.

    The weights are not updated from it, so what is found is what led to it:
    the error names the part that is not finite first (clips, weights, a
    module of the network, float16, a gradient) and the way out that fits.

    The batch, as the loader gave it, and the losses are written to
    ``nonfinite_loss_iter_N_rank_R.pth`` in the work directory. To repeat the
    iteration, read the file with ``torch.load(FILE, weights_only=False)`` and
    give its batch to ``model.data_preprocessor``. The latest checkpoint is
    older than this iteration.

    With ``max_skips``, the update is left out instead, in all processes; with
    accumulation, all of its batches. The schedule goes on. Each one is logged
    with its cause and counted (``skipped_updates`` in the log), also over an
    interruption. Weights that are not finite stop the run all the same.

    MMDetection's ``CheckInvalidLossHook`` names neither the iteration nor the
    batch, and it needs mmdet. The check reads one number from the device per
    update, at the place where the gradient norm is read for the log, and the
    losses, which MMEngine reads anyway.

    Args:
        max_skips (int): Updates that a run may leave out; 0 stops at the
            first.

    Raises:
        ValueError: If ``max_skips`` is negative, or positive with an
            optimiser that does not let a step be left out (DeepSpeed, several
            optimisers).
    """

    # before the losses are averaged and logged
    priority = 'HIGHEST'

    def __init__(self, max_skips: int = 0) -> None:
        if max_skips < 0:
            raise ValueError(
                f'`max_skips` must not be negative, got {max_skips}')
        self.max_skips = max_skips
        self.guard: Optional[StepGuard] = None
        self._statistics: Dict[str, Tensor] = {}

    def before_train(self, runner) -> None:
        """Stand before the optimiser's step."""
        wrapper = runner.optim_wrapper
        if isinstance(wrapper, OptimWrapper):
            self.guard = StepGuard(wrapper, runner.model)
        elif self.max_skips:
            raise ValueError(
                f'`max_skips={self.max_skips}` of mvd_mm.FiniteLossHook needs '
                'an optimiser wrapper with a step that can be left out, got '
                f'{type(wrapper).__name__}: set it to 0 (DeepSpeed leaves out '
                'steps that overflow float16 by itself)')

    def after_train(self, runner) -> None:
        """Give the optimiser its step back."""
        if self.guard is not None:
            self.guard.remove()
            self.guard = None

    def before_train_iter(self,
                          runner,
                          batch_idx: int,
                          data_batch: Optional[dict] = None) -> None:
        """Keep the running statistics, which a forward pass changes."""
        if self.max_skips:
            self._statistics = {
                name: buffer.clone()
                for name, buffer in _running_statistics(runner)
            }

    def after_train_iter(self,
                         runner,
                         batch_idx: int,
                         data_batch: Optional[dict] = None,
                         outputs: Optional[dict] = None) -> None:
        """Check all losses, and whether the step was left out.

        Raises:
            FloatingPointError: Names losses, epoch, iteration, learning rate,
                cause, way out and the file with the batch.
        """
        losses = _losses(outputs or {})
        wrong = {k: v for k, v in losses.items() if not math.isfinite(v)}
        guard = self.guard
        blocked = guard is not None and guard.take()
        if guard is not None and guard.lost_scale:
            blocked = True
        if not wrong and not blocked:
            return
        cause = find_cause(runner, data_batch, bool(wrong), guard)
        path = Path(runner.work_dir) / (
            f'nonfinite_loss_iter_{runner.iter + 1}_rank_{get_rank()}.pth')
        with whole_file(path) as part:
            torch.save(dict(batch=data_batch, losses=losses), part)
        message = _message(runner, batch_idx, data_batch, wrong, cause, path)
        skipped = runner.message_hub.runtime_info.get(_COUNT, 0) + blocked
        if (not self.max_skips or guard is None or not cause.is_passing
                or skipped > self.max_skips):
            if self.max_skips and cause.is_passing:
                message += (f'. {skipped - 1} updates were left out before, '
                            f'`max_skips={self.max_skips}` allows no more')
            print_log(message, logger='current', level=logging.ERROR)
            raise FloatingPointError(message)
        for name, buffer in _running_statistics(runner):
            buffer.copy_(self._statistics[name])
        # ERROR: other processes than the first log nothing below
        print_log(
            message + ('. The update is left out, '
                       f'{skipped} of at most {self.max_skips}' if blocked else
                       '. The update that it belongs to will be left out'),
            logger='current',
            level=logging.ERROR)
        runner.message_hub.update_info(_COUNT, skipped)
        runner.message_hub.update_scalar(f'train/{_COUNT}', skipped)


def _losses(outputs: Dict[str, Any]) -> Dict[str, float]:
    """Losses of this process; one read from the device."""
    names = [name for name in outputs if 'loss' in name]
    values = [outputs[name] for name in names]
    if all(isinstance(v, Tensor) and v.numel() == 1 for v in values) and names:
        values = torch.stack([v.detach().double().view(())
                              for v in values]).tolist()
    return {name: float(value) for name, value in zip(names, values)}


def _message(runner, batch_idx: int, batch: Optional[dict],
             wrong: Dict[str, float], cause: Cause, path: Path) -> str:
    rate = max(runner.optim_wrapper.get_lr()['lr'])
    return (f'{wrong or "no update is possible"} at iteration '
            f'{runner.iter + 1} (epoch {runner.epoch + 1}, batch '
            f'{batch_idx + 1} of it, learning rate {rate:.4g}), clips '
            f'{_names(batch)}; the batch is in {path}. Cause: {cause.what}. '
            f'Way out: {cause.advice}')


def _names(batch: Optional[dict]) -> List[str]:
    """Files of the batch if the pipeline packed their names, or labels."""
    samples = (batch or {}).get('data_samples') or []
    return [
        getattr(sample, 'filename', None)
        or f'of label {getattr(sample, "gt_label", "-")}' for sample in samples
    ]


def _running_statistics(runner):
    for name, module in whole_model(runner.model).named_modules():
        if isinstance(module, _NormBase):
            for key, buffer in module.named_buffers(recurse=False):
                yield f'{name}.{key}', buffer
