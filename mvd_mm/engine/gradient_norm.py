"""The norm of all gradients, also where each process holds a part of them."""
from typing import Any, Iterator, Optional, Tuple

import torch
from mmengine._strategy.deepspeed import MMDeepSpeedEngineWrapper
from mmengine.model import is_model_wrapper
from torch import Tensor, nn
from torch.distributed.fsdp import FullyShardedDataParallel, ShardingStrategy

__all__ = ['gradient_norm', 'is_sharded', 'shard_group', 'whole_model']


def is_sharded(model: nn.Module) -> bool:
    """Whether no process holds weights and states of the optimiser whole."""
    return isinstance(model,
                      (FullyShardedDataParallel, MMDeepSpeedEngineWrapper))


def whole_model(model: nn.Module) -> Any:
    """The network itself, out of what distributes it."""
    return model.module if is_model_wrapper(model) else model


def shard_group(model: nn.Module) -> Tuple[bool, Optional[Any]]:
    """Say whether weights are spread, and over which processes.

    Returns:
        tuple[bool, ProcessGroup]: The group is None for all processes.
    """
    if not isinstance(model, FullyShardedDataParallel):
        return False, None
    spread = model.sharding_strategy != ShardingStrategy.NO_SHARD
    return spread, model.process_group


def gradient_norm(optimizer: torch.optim.Optimizer,
                  model: nn.Module) -> Tensor:
    """L2 norm over all gradients of an optimiser, on their device.

    Args:
        optimizer (Optimizer): Its gradients, as they are.
        model (nn.Module): Whose weights they are of, with its wrapper.

    Returns:
        Tensor: A number in float32; nothing waits for it.
    """
    norms = [
        torch.linalg.vector_norm(gradient.float())
        for gradient in _gradients(optimizer)
    ]
    device = next(model.parameters()).device
    norm = torch.linalg.vector_norm(
        torch.stack(norms)) if norms else torch.zeros((), device=device)
    spread, group = shard_group(model)
    if spread:
        total = norm.square()
        torch.distributed.all_reduce(total, group=group)
        norm = total.sqrt()
    return norm


def _gradients(optimizer: torch.optim.Optimizer) -> Iterator[Tensor]:
    for group in optimizer.param_groups:
        for parameter in group['params']:
            if parameter.grad is not None:
                yield parameter.grad
