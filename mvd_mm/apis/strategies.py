"""Runs whose weights or states are spread: what MMEngine would ignore."""
from typing import Any, List

import torch
from mmengine.config import Config

__all__ = ['check_strategy']

FLEXIBLE = 'FlexibleRunner'
FSDP = 'mvd_mm.FSDPStrategy'
DEEPSPEED = 'mvd_mm.DeepSpeedStrategy'
# MMEngine's, and which of ours does what is meant
_UNSAFE = {'FSDPStrategy': FSDP, 'DeepSpeedStrategy': DEEPSPEED}
_WHOLE = ('SingleDeviceStrategy', 'DDPStrategy')


def check_strategy(cfg: Config) -> None:
    """Hand on what ``FlexibleRunner`` does not read, or refuse it.

    Args:
        cfg (Config): After all overrides; ``activation_checkpointing`` and
            the settings of processes without a GPU go into its ``strategy``.

    Raises:
        ValueError: If a setting would be ignored without a word.
    """
    if cfg.get('runner_type', 'Runner') != FLEXIBLE:
        if cfg.get('strategy'):
            raise ValueError(
                '`strategy` is read by one runner only: set '
                f"`runner_type='{FLEXIBLE}'`, or remove `strategy`")
        return
    strategy = dict(cfg.get('strategy') or {})
    kind = strategy.setdefault('type',
                               _WHOLE[cfg.get('launcher', 'none') != 'none'])
    if kind in _UNSAFE:
        raise ValueError(
            f'`strategy.type={kind}` of MMEngine takes the pieces of weights '
            'for biases, or leaves settings of `optim_wrapper` out, so that '
            f'the recipe changes without a word: use {_UNSAFE[kind]}')
    ours = kind in (FSDP, DEEPSPEED)
    if cfg.get('activation_checkpointing'):
        if not ours:
            raise ValueError(
                f'`activation_checkpointing` is not read with {FLEXIBLE} and '
                f'`strategy.type={kind}`: use {FSDP}, or remove `runner_type`')
        strategy.setdefault('activation_checkpointing',
                            _names(cfg.activation_checkpointing))
    if ours:
        _refuse_averages(cfg, kind)
    elif kind == 'DDPStrategy' and not torch.cuda.is_available():
        strategy.setdefault('model_wrapper', cfg.get('model_wrapper_cfg'))
    cfg.strategy = strategy


def _refuse_averages(cfg: Config, kind: str) -> None:
    """A moving average is a copy of the model, which no process has."""
    hooks: List[Any] = [*(cfg.get('custom_hooks') or [])]
    hooks += (cfg.get('default_hooks') or {}).values()
    for hook in hooks:
        if isinstance(hook, dict) and hook.get('type') == 'EMAHook':
            raise ValueError(
                f'`custom_hooks`: EMAHook copies the model, which '
                f'`strategy.type={kind}` spreads over processes or keeps to '
                "itself: remove the hook, or set `runner_type='Runner'` and "
                'remove `strategy`')


def _names(value: Any) -> List[str]:
    return [value] if isinstance(value, str) else list(value)
