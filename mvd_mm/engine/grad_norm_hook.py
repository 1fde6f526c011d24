"""The norm of the gradients in the log, without clipping them."""
from typing import Optional

import torch
from mmengine.hooks import Hook
from mmengine.logging import MessageHub
from mmengine.model import is_model_wrapper
from mmengine.optim import OptimWrapper
from torch.nn.parallel import DistributedDataParallel

from mvd_mm.registry import HOOKS
from .deferred_scalars import DeferredScalars

__all__ = ['GradNormHook']


@HOOKS.register_module()
class GradNormHook(Hook):
    """Log ``grad_norm`` of each update, as MMEngine does when it clips.

    It is the L2 norm over all gradients as the optimiser gets them:
    accumulated and without loss scale. An update that a loss scaler skips is
    not counted. Nothing is logged if MMEngine clips, because it then logs the
    norm itself, or if each process holds only a part of the gradients (FSDP,
    DeepSpeed).

    On a GPU the norms wait there until the log is due, see
    :class:`DeferredScalars`.
    """

    def before_train(self, runner) -> None:
        """Watch the optimiser."""
        wrapper, model = runner.optim_wrapper, runner.model
        whole = not is_model_wrapper(model) or isinstance(
            model, DistributedDataParallel)
        if (isinstance(wrapper, OptimWrapper) and not wrapper.clip_grad_kwargs
                and whole):
            wrapper.optimizer.register_step_pre_hook(_log_norm)

    def after_train_iter(self,
                         runner,
                         batch_idx: int,
                         data_batch: Optional[dict] = None,
                         outputs: Optional[dict] = None) -> None:
        """Read the norms where the log is due, if nobody else has."""
        DeferredScalars.of(runner.message_hub).flush_if_due(runner, batch_idx)


def _log_norm(optimizer: torch.optim.Optimizer, args: tuple,
              kwargs: dict) -> None:
    grads = [
        param.grad.float() for group in optimizer.param_groups
        for param in group['params'] if param.grad is not None
    ]
    if not grads:
        return
    norm = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(grads)))
    # a fused optimiser divides the gradients by the loss scale itself
    scale = getattr(optimizer, 'grad_scale', None)
    if scale is not None:
        norm = norm / scale
    DeferredScalars.of(MessageHub.get_current_instance()).add(
        'train/grad_norm', norm)
