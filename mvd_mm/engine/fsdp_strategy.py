"""Training whose weights and optimiser states are spread over processes."""
from functools import partial
from typing import Any, Dict, Iterator, List, Optional, Sequence, Set

import torch
from mmengine._strategy import FSDPStrategy as HostFSDPStrategy
from mmengine.device import get_device
from mmengine.model import is_model_wrapper
from mmengine.optim import BaseOptimWrapper
from mmengine.runner.activation_checkpointing import \
    turn_on_activation_checkpointing
from torch import nn
from torch.distributed.fsdp import (FullOptimStateDictConfig,
                                    FullStateDictConfig,
                                    FullyShardedDataParallel, StateDictType)
from torch.distributed.fsdp.wrap import lambda_auto_wrap_policy

from mvd_mm.registry import STRATEGIES

__all__ = ['FSDPStrategy']


@STRATEGIES.register_module()
class FSDPStrategy(HostFSDPStrategy):
    """MMEngine's FSDP, with the updates of the published recipe.

    MMEngine builds the optimiser from the pieces of weights that a process
    holds. These have one dimension, as biases have, so that a recipe without
    weight decay for biases decays nothing at all and layer-wise rates treat
    every weight as a bias. Here the groups are those of the whole network.
    Clipping takes the norm over all processes, not over a piece, and a
    checkpoint is that of a run without FSDP: either goes on from the other's,
    and every tool reads it.

    Each entry of a module list (a transformer block) is a unit of its own.
    Parts without anything to learn, as a teacher, are whole in each process:
    they need no exchange, and have neither gradients nor optimiser states.

    Args:
        activation_checkpointing (list[str]): Modules whose activations are
            computed again in the backward pass; those of the config's
            ``activation_checkpointing`` where ``tools/train.py`` builds the
            run.
        model_wrapper (dict, optional): Arguments of
            ``MMFullyShardedDataParallel``, e.g. ``sharding_strategy`` or
            ``mixed_precision``.
        **kwargs: Of MMEngine's strategies; filled in by ``FlexibleRunner``.

    Raises:
        ValueError: Without a launcher.
    """

    # set by MMEngine's strategy, which does not name its type
    model_wrapper: Optional[dict]

    def __init__(self,
                 *,
                 activation_checkpointing: Sequence[str] = (),
                 model_wrapper: Optional[dict] = None,
                 **kwargs) -> None:
        # on a CPU, what is to be moved there stays in memory that FSDP frees
        offload = get_device() != 'cpu'
        super().__init__(
            model_wrapper=model_wrapper,
            state_dict_cfg=dict(
                state_dict_type=StateDictType.FULL_STATE_DICT,
                state_dict_config=FullStateDictConfig(
                    rank0_only=True, offload_to_cpu=offload),
                optim_state_dict_config=FullOptimStateDictConfig(
                    rank0_only=True, offload_to_cpu=offload)),
            **kwargs)
        self.checkpointed = list(activation_checkpointing)
        self._wrapper_cfg: Any = None
        self._group_names: List[List[str]] = []

    def prepare(self, model, *, optim_wrapper=None, **kwargs):
        """Prepare the model, optimiser and schedule; see MMEngine."""
        self._wrapper_cfg = optim_wrapper
        return super().prepare(model, optim_wrapper=optim_wrapper, **kwargs)

    def _wrap_model(self, model: nn.Module) -> nn.Module:
        if is_model_wrapper(model):
            return model
        if not torch.distributed.is_initialized():
            raise ValueError(
                '`strategy.type=mvd_mm.FSDPStrategy` spreads a model over '
                'several processes, but there is one: start it with '
                'tools/dist_train.sh or tools/dist_test.sh, or use the config '
                'without FSDP, which reads the same checkpoints')
        if self.checkpointed:
            turn_on_activation_checkpointing(model, self.checkpointed)
        if isinstance(self._wrapper_cfg, dict):
            self._wrapper_cfg = super().build_optim_wrapper(
                self._wrapper_cfg, model)
            names = {id(p): name for name, p in model.named_parameters()}
            self._group_names = [[
                names[id(p)] for p in group['params']
            ] for group in _optimizer(self._wrapper_cfg).param_groups]
        device = torch.device(get_device())
        if device.type == 'cuda':
            device = torch.device('cuda', torch.cuda.current_device())
        frozen = list(_frozen_parts(model))
        for part in frozen:
            part.to(device)
        units = _units(model, frozen)
        self.model_wrapper = dict(
            dict(
                type='MMFullyShardedDataParallel',
                device_id=device,
                ignored_modules=frozen,
                auto_wrap_policy=partial(
                    lambda_auto_wrap_policy,
                    lambda_fn=lambda module: id(module) in units)),
            **(self.model_wrapper or {}))
        return super()._wrap_model(model)

    def build_optim_wrapper(
            self,
            optim_wrapper,
            model: Optional[nn.Module] = None) -> BaseOptimWrapper:
        """Give the optimiser of the whole network its pieces."""
        assert model is not None
        wrapper = self._wrapper_cfg
        pieces = {_plain(n): p for n, p in model.named_parameters()}
        for group, names in zip(
                _optimizer(wrapper).param_groups, self._group_names):
            group['params'] = [pieces[name] for name in names]
        if wrapper.clip_grad_kwargs and wrapper.clip_func is \
                torch.nn.utils.clip_grad_norm_:
            wrapper.clip_func = partial(_clip, model)
        return wrapper

    def optim_state_dict(self) -> dict:
        """State of the whole optimiser, as a run without FSDP saves it."""
        state = self.optim_wrapper.state_dict()
        whole = FullyShardedDataParallel.optim_state_dict(
            self.model, _optimizer(self.optim_wrapper))
        if not whole:
            return {}  # only the first process has it
        numbers = self._numbers()
        for group, names in zip(state['param_groups'], self._group_names):
            group['params'] = [numbers[name] for name in names]
        state['state'] = {
            numbers[_plain(name)]: value
            for name, value in whole['state'].items()
        }
        return state

    def load_optim_state_dict(self, state_dict: dict) -> None:
        """Take the pieces of this process out of the whole state."""
        state_dict = dict(state_dict)
        names = {number: name for name, number in self._numbers().items()}
        groups = [
            dict(group, params=[names[number] for number in group['params']])
            for group in state_dict['param_groups']
        ]
        named = dict(
            state={
                names[k]: v
                for k, v in state_dict['state'].items()
            },
            param_groups=groups)
        # the order of these arguments changed in torch 2.1
        fitted = FullyShardedDataParallel.optim_state_dict_to_load(
            model=self.model,
            optim=_optimizer(self.optim_wrapper),
            optim_state_dict=named)
        self.optim_wrapper.load_state_dict({**state_dict, **fitted})

    def load_checkpoint(self,
                        filename: str,
                        *,
                        map_location: Any = 'cpu',
                        **kwargs) -> dict:
        """Load a whole checkpoint; on the CPU, each process takes a piece.

        Args:
            filename (str): The checkpoint.
            map_location (Any): Not used.
            **kwargs: Arguments of MMEngine's method.

        Returns:
            dict: The checkpoint.
        """
        return super().load_checkpoint(filename, map_location='cpu', **kwargs)

    def _numbers(self) -> Dict[str, int]:
        """Place of each weight in the optimiser of the whole network."""
        names = [name for group in self._group_names for name in group]
        return {name: number for number, name in enumerate(names)}


def _optimizer(wrapper) -> torch.optim.Optimizer:
    return wrapper.optimizer


def _plain(name: str) -> str:
    return name.replace('_fsdp_wrapped_module.', '')


def _clip(model: Any,
          params,
          max_norm: float,
          norm_type: float = 2.0,
          **kwargs):
    """Clip by the norm over all processes."""
    return model.clip_grad_norm_(max_norm, norm_type)


def _frozen_parts(module: nn.Module) -> Iterator[nn.Module]:
    """The largest parts that have weights, none of which learns."""
    parameters = list(module.parameters())
    if not parameters:
        return
    if not any(p.requires_grad for p in parameters):
        yield module
        return
    for child in module.children():
        yield from _frozen_parts(child)


def _units(model: nn.Module, frozen: List[nn.Module]) -> Set[int]:
    """Entries of module lists that learn."""
    left_out = {id(m) for part in frozen for m in part.modules()}
    return {
        id(entry)
        for module in model.modules() if isinstance(module, nn.ModuleList)
        for entry in module if id(entry) not in left_out
    }
