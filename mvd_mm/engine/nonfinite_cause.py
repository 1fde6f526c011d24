"""Why a loss or a gradient is not finite, and what helps."""
import random
import re
from contextlib import contextmanager, nullcontext
from typing import Any, Iterator, List, NamedTuple, Optional

import numpy as np
import torch
from torch import Tensor, nn

from .gradient_norm import is_sharded, whole_model
from .step_guard import StepGuard

__all__ = ['Cause', 'find_cause']

_BFLOAT16 = ('bfloat16 has the range of float32: '
             'optim_wrapper.dtype=bfloat16 optim_wrapper.loss_scale=1.0')
_CALMER = ('a lower learning rate (optim_wrapper.optimizer.lr), a longer '
           'warm-up (param_scheduler.warmup), '
           'optim_wrapper.clip_grad.max_norm=1')


class Cause(NamedTuple):
    """What is wrong, the way out, and whether leaving out a step helps."""

    what: str
    advice: str
    is_passing: bool = True


def find_cause(runner, batch: Any, is_loss_wrong: bool,
               guard: Optional[StepGuard]) -> Cause:
    """Look at inputs, weights, network and gradients, in this order.

    The batch goes through the network once more, with the draws of the
    iteration where the loop can repeat them, and in float32 as well, unless
    the weights are spread over processes.

    Args:
        runner (Runner): After the iteration.
        batch (Any): As the loader gave it.
        is_loss_wrong (bool): Whether a loss of this process is not finite.
        guard (StepGuard, optional): None if the weights may have been updated
            already.
    """
    found = list(_wrong_tensors(batch, 'batch'))
    if found:
        return Cause(
            f'the clips have it already: {found[0]}' + _more(found),
            'the file or a transform of `train_dataloader.dataset.pipeline` '
            'made it; leave a broken file out with `skip_list`')
    if guard is not None and not guard.lost_scale:
        found = list(_wrong_weights(runner.model))
        if found:
            return Cause(
                'weights were NaN or infinite before this iteration: '
                f'{found[0]}' + _more(found),
                'the file that the run started from has them, or an earlier '
                'update made them: go on from an older checkpoint '
                '(--resume PATH), with ' + _CALMER, False)
    if guard is not None and guard.lost_scale:
        return Cause(
            'the gradients overflow float16 in every update: the loss scale '
            f'has fallen to {guard.lost_scale:.3g}, no update is made any '
            'more', _BFLOAT16, False)
    if is_loss_wrong:
        return _cause_in_network(runner, batch)
    if guard is not None and guard.gradients:
        return Cause(
            'the losses are finite, but the gradient is not: '
            f'{guard.gradients[0]}' + _more(guard.gradients),
            (_BFLOAT16 + '; ' if _dtype(runner) == torch.float16 else '') +
            _CALMER)
    return Cause(
        'another process has a loss or gradient that is not finite; this one '
        'has none', 'see the message of that process')


def _cause_in_network(runner, batch: Any) -> Cause:
    if is_sharded(runner.model):
        return Cause('inputs and weights are finite, so the network made it',
                     f'{_BFLOAT16}; {_CALMER}')
    lower = _dtype(runner)
    as_run = _first_part(runner, batch, False)
    if as_run is None:
        return Cause('the same batch gives finite losses when it is repeated',
                     _CALMER)
    if lower is not None:
        exact = _first_part(runner, batch, True)
        if exact is None:
            name = str(lower).replace('torch.', '')
            return Cause(
                f'{as_run} overflows {name}; in float32 the same batch gives '
                'finite losses', _BFLOAT16 if lower == torch.float16 else
                f"optim_wrapper.type='OptimWrapper' for float32; {_CALMER}")
    return Cause(
        f'inputs and weights are finite, {as_run} is the first part whose '
        'output is not, in float32 as well', _CALMER)


def _first_part(runner, batch: Any, exact: bool) -> Optional[str]:
    """Name of the first module whose output is not finite."""
    model = whole_model(runner.model)
    found: List[str] = []
    handles = []
    for name, module in model.named_modules():

        def look(module, args, output, name=name or 'the loss'):
            if not found and any(True for _ in _wrong_tensors(output, '')):
                found.append(name)

        handles.append(module.register_forward_hook(look))
    context = nullcontext() if exact else runner.optim_wrapper.optim_context(
        model)
    try:
        with torch.no_grad(), _kept_states(model), context:
            if hasattr(runner.train_loop, 'seed_draws'):
                runner.train_loop.seed_draws()
            data = model.data_preprocessor(batch, True)
            losses = model._run_forward(data, mode='loss')
            total = model.parse_losses(losses)[0]
        if not found and not torch.isfinite(total):
            found.append('the loss')
    finally:
        for handle in handles:
            handle.remove()
    return found[0] if found else None


@contextmanager
def _kept_states(model: nn.Module) -> Iterator[None]:
    """Leave random states and running statistics as they are."""
    buffers = {n: b.detach().clone() for n, b in model.named_buffers()}
    python, numpy = random.getstate(), np.random.get_state()
    devices = range(
        torch.cuda.device_count()) if torch.cuda.is_available() else []
    try:
        with torch.random.fork_rng(devices):
            yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
        for name, buffer in model.named_buffers():
            buffer.data.copy_(buffers[name])


def _dtype(runner) -> Optional[torch.dtype]:
    """What the run computes in, if it is not float32."""
    with runner.optim_wrapper.optim_context(whole_model(runner.model)):
        device = next(runner.model.parameters()).device.type
        if device == 'cpu':
            return torch.get_autocast_cpu_dtype(
            ) if torch.is_autocast_cpu_enabled() else None
        return torch.get_autocast_gpu_dtype() if torch.is_autocast_enabled(
        ) else None


def _wrong_tensors(value: Any, path: str) -> Iterator[str]:
    """Places in nested containers that are NaN or infinite."""
    if isinstance(value, Tensor):
        if value.is_floating_point() and not torch.isfinite(value).all():
            yield path
    elif isinstance(value, dict):
        for key in value:
            yield from _wrong_tensors(value[key], f'{path}.{key}')
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _wrong_tensors(item, f'{path}[{index}]')


def _wrong_weights(model: nn.Module) -> Iterator[str]:
    """Names of weights and buffers that are NaN or infinite."""
    # running statistics are as the present batch left them
    buffers = [(name, buffer) for name, buffer in model.named_buffers()
               if '.running_' not in name]
    for name, value in [*model.named_parameters(), *buffers]:
        if value.is_floating_point() and not torch.isfinite(value).all():
            yield re.sub(r'^module\.|_fsdp_wrapped_module\.', '', name)


def _more(names: List[str]) -> str:
    return f' and {len(names) - 1} more' if len(names) > 1 else ''
