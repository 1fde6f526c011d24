"""The norm of the gradients in the log, without clipping them."""
import torch
from mmengine.hooks import Hook
from mmengine.logging import MessageHub
from mmengine.model import is_model_wrapper
from mmengine.optim import OptimWrapper
from torch.nn.parallel import DistributedDataParallel

from mvd_mm.registry import HOOKS

__all__ = ['GradNormHook']


@HOOKS.register_module()
class GradNormHook(Hook):
    """Log ``grad_norm`` of each update, as MMEngine does when it clips.

    It is the L2 norm over all gradients as the optimiser gets them:
    accumulated and without loss scale. An update that a loss scaler skips is
    not counted. Nothing is logged if MMEngine clips, because it then logs the
    norm itself, or if each process holds only a part of the gradients (FSDP,
    DeepSpeed).
    """

    def before_train(self, runner) -> None:
        """Watch the optimiser."""
        wrapper, model = runner.optim_wrapper, runner.model
        whole = not is_model_wrapper(model) or isinstance(
            model, DistributedDataParallel)
        if (isinstance(wrapper, OptimWrapper) and not wrapper.clip_grad_kwargs
                and whole):
            wrapper.optimizer.register_step_pre_hook(_log_norm)


def _log_norm(optimizer: torch.optim.Optimizer, args: tuple,
              kwargs: dict) -> None:
    norms = [
        torch.linalg.vector_norm(param.grad.float())
        for group in optimizer.param_groups for param in group['params']
        if param.grad is not None
    ]
    if not norms:
        return
    norm = torch.linalg.vector_norm(torch.stack(norms)).item()
    # a fused optimiser divides the gradients by the loss scale itself
    scale = getattr(optimizer, 'grad_scale', None)
    MessageHub.get_current_instance().update_scalar(
        'train/grad_norm', norm / (1. if scale is None else float(scale)))
