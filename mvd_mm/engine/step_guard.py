"""No update of the weights from losses or gradients that are not finite."""
from typing import List, Optional

import torch
from mmengine.dist import get_world_size
from mmengine.optim import OptimWrapper
from torch import Tensor, nn

from .gradient_norm import gradient_norm

__all__ = ['StepGuard']

#: below this loss scale float16 has overflowed 26 times and more in a row
LOWEST_SCALE = 2.**-10


class StepGuard:
    """Stands before the step of an optimiser wrapper.

    A step is left out, in all processes alike, if a loss since the last one
    was NaN or infinite in any process, or a gradient is. ``update_params``
    clears the gradients afterwards as ever, so a left-out step leaves no
    trace in weights, moments, or loss scale. Gradients that overflow under
    MMEngine's dynamic loss scale are left to the scaler, whose daily work
    they are.

    What decides is computed on the device and read once per update, in front
    of the step; ``mvd_mm.GradNormHook`` reads its number there as well.

    Args:
        wrapper (OptimWrapper): Its ``backward`` and ``step`` are replaced.
        model (nn.Module): With its wrapper of several processes.
    """

    def __init__(self, wrapper: OptimWrapper, model: nn.Module) -> None:
        self.model = model
        self.wrapper = wrapper
        #: whether a step was left out since :meth:`take`
        self.blocked = False
        #: names of the gradients that were not finite, without a scaler
        self.gradients: List[str] = []
        #: the dynamic loss scale when it has fallen too far
        self.lost_scale: Optional[float] = None
        self._wrong: Optional[Tensor] = None
        self._backward, self._step = wrapper.backward, wrapper.step
        self._own = {
            name: vars(wrapper)[name]
            for name in ('backward', 'step') if name in vars(wrapper)
        }
        setattr(wrapper, 'backward', self.backward)
        setattr(wrapper, 'step', self.step)

    def remove(self) -> None:
        """Give the wrapper its own methods back."""
        del self.wrapper.backward, self.wrapper.step
        vars(self.wrapper).update(self._own)

    def backward(self, loss: Tensor, **kwargs) -> None:
        """Note whether the loss is finite."""
        wrong = ~torch.isfinite(loss.detach()).all()
        self._wrong = wrong if self._wrong is None else self._wrong | wrong
        self._backward(loss, **kwargs)

    def step(self, **kwargs) -> None:
        """Step, or not."""
        optimizer, norm, scale = self.wrapper.optimizer, None, None
        wrong, self._wrong = self._wrong, None
        if self._is_scaled():
            scale = self.wrapper.loss_scaler._scale
        else:
            norm = gradient_norm(optimizer, self.model)
        facts = self._agree(wrong, norm, scale)
        if not facts[0] and not facts[1]:
            if scale is not None and facts[2] < LOWEST_SCALE:
                self.lost_scale = facts[2]
            # for mvd_mm.GradNormHook, which logs the norm of the gradients
            # without loss scale
            scaled = hasattr(self.wrapper, 'loss_scaler')
            optimizer.known_norm = None if scaled else norm
            self._step(**kwargs)
            return
        self.blocked = True
        if hasattr(self.wrapper, '_global_step'):
            self.wrapper._global_step += 1  # as MMEngine's schedules count
        if facts[1]:
            self.gradients = [
                name for name, parameter in self.model.named_parameters()
                if parameter.grad is not None
                and not torch.isfinite(parameter.grad).all()
            ]

    # MMEngine's schedules would warn of a step that does not count
    setattr(step, '_with_counter', True)

    def take(self) -> bool:
        """Whether a step was left out; asking clears it."""
        blocked, self.blocked = self.blocked, False
        return blocked

    def _is_scaled(self) -> bool:
        """Whether a scaler looks for overflow itself and adapts."""
        scaler = getattr(self.wrapper, 'loss_scaler', None)
        return (scaler is not None and scaler.is_enabled()
                and self.wrapper._scale_update_param is None)

    def _agree(self, wrong: Optional[Tensor], norm: Optional[Tensor],
               scale: Optional[Tensor]) -> List[float]:
        """Loss, gradient of any process, and loss scale: one read."""
        device = next(self.model.parameters()).device
        facts = torch.zeros(3, device=device)
        if wrong is not None:
            facts[0] = wrong
        if norm is not None:
            facts[1] = ~torch.isfinite(norm)
        if scale is not None:
            facts[2] = scale
        if get_world_size() > 1:
            torch.distributed.all_reduce(facts, torch.distributed.ReduceOp.MAX)
        return facts.tolist()
