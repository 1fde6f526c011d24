"""The norm of the gradients in the log, without clipping them."""
from functools import partial
from typing import Optional

import torch
from mmengine.hooks import Hook
from mmengine.logging import MessageHub
from mmengine.optim import OptimWrapper
from torch import nn

from mvd_mm.registry import HOOKS
from .deferred_scalars import DeferredScalars
from .gradient_norm import gradient_norm

__all__ = ['GradNormHook']


@HOOKS.register_module()
class GradNormHook(Hook):
    """Log ``grad_norm`` of each update, as MMEngine does when it clips.

    It is the L2 norm over all gradients as the optimiser gets them:
    accumulated and without loss scale, summed over the processes where each
    holds a part of them (FSDP). An update that a loss scaler skips is not
    counted. Nothing is logged if MMEngine clips, because it then logs the norm
    itself, nor with DeepSpeed, which keeps the gradients to itself.

    On a GPU the norms wait there until the log is due, see
    :class:`DeferredScalars`.
    """

    def before_train(self, runner) -> None:
        """Watch the optimiser."""
        wrapper = runner.optim_wrapper
        if isinstance(wrapper, OptimWrapper) and not wrapper.clip_grad_kwargs:
            wrapper.optimizer.register_step_pre_hook(
                partial(_log_norm, runner.model))

    def after_train_iter(self,
                         runner,
                         batch_idx: int,
                         data_batch: Optional[dict] = None,
                         outputs: Optional[dict] = None) -> None:
        """Read the norms where the log is due, if nobody else has."""
        DeferredScalars.of(runner.message_hub).flush_if_due(runner, batch_idx)


def _log_norm(model: nn.Module, optimizer: torch.optim.Optimizer, args: tuple,
              kwargs: dict) -> None:
    # mvd_mm.FiniteLossHook has just computed it
    norm = getattr(optimizer, 'known_norm', None)
    if norm is None:
        norm = gradient_norm(optimizer, model)
    # a fused optimiser divides the gradients by the loss scale itself
    scale = getattr(optimizer, 'grad_scale', None)
    if scale is not None:
        norm = norm / scale
    DeferredScalars.of(MessageHub.get_current_instance()).add(
        'train/grad_norm', norm)
