"""Ranges of arguments that mean the same in every class."""
import math
from typing import Any, Callable, Dict, NamedTuple

__all__ = ['check_value']


class _Rule(NamedTuple):
    """What a number has to be; of a sequence, every number in it."""

    holds: Callable[[Any], bool]
    text: str


def _whole(least: int, most: int = 10**6) -> _Rule:
    return _Rule(lambda x: float(x).is_integer() and least <= x <= most,
                 f'a whole number from {least} to {most}')


_SHARE = _Rule(lambda x: 0 <= x <= 1, 'in [0, 1]')
_BELOW_ONE = _Rule(lambda x: 0 <= x < 1, 'in [0, 1)')
_POSITIVE = _Rule(lambda x: 0 < x < math.inf, 'positive and finite')
_NOT_NEGATIVE = _Rule(lambda x: 0 <= x < math.inf, 'finite, not negative')

_COUNTS = """
accumulative_counts batch_size clip_len depth embed_dims frame_interval
in_channels num_classes num_clips num_frames num_heads num_repeats patch_size
prefetch_factor tubelet_size
"""
_RULES: Dict[str, _Rule] = {
    **dict.fromkeys(_COUNTS.split(), _whole(1)),
    **dict.fromkeys(['max_epochs', 'max_iters', 'val_interval'],
                    _whole(1, 10**12)),
    **dict.fromkeys(['max_refetch', 'val_begin'], _whole(0)),
    'num_workers':
    _whole(0, 1024),
    **dict.fromkeys([
        'attn_drop_rate', 'drop_rate', 'dropout_ratio', 'flip_ratio'
    ], _SHARE),
    **dict.fromkeys(['drop_path_rate', 'label_smooth_eps'], _BELOW_ONE),
    **dict.fromkeys(['lr', 'weight_decay', 'loss_weight'], _NOT_NEGATIVE),
    **dict.fromkeys(['mlp_ratio', 'crop_size', 'input_size'], _POSITIVE),
    'mask_ratio':
    _Rule(lambda x: 0 < x < 1, 'in (0, 1)'),
    'std':
    _Rule(lambda x: 0 < x < math.inf, 'positive: pixels are divided '
          'by it'),
}
_OF_KIND: Dict[str, Dict[str, _Rule]] = dict(
    HOOKS=dict(
        interval=_Rule(lambda x: x == -1 or x >= 1,
                       'at least 1, or -1 for never'),
        momentum=_Rule(lambda x: 0 < x < 1, 'in (0, 1)')),
    OPTIMIZERS=dict(
        betas=_BELOW_ONE, eps=_NOT_NEGATIVE, momentum=_NOT_NEGATIVE),
    PARAM_SCHEDULERS=dict(
        begin=_NOT_NEGATIVE,
        end=_POSITIVE,
        T_max=_POSITIVE,
        warmup=_NOT_NEGATIVE))


def check_value(place: str, key: str, value: Any, kind: str = '') -> None:
    """Check the value of an argument.

    Args:
        place (str): Dotted path and value, for the message.
        key (str): Name of the argument.
        value (Any): Anything; what is no number is passed over.
        kind (str): Registry of its class.

    Raises:
        ValueError: If a number is not one, or outside its range.
    """
    rule = _OF_KIND.get(kind, {}).get(key, _RULES.get(key))
    for number in _numbers(value):
        if math.isnan(number):
            raise ValueError(f'`{place}` is not a number (NaN)')
        if rule is not None and not rule.holds(number):
            raise ValueError(f'`{place}`: `{key}` must be {rule.text}')


def _numbers(value: Any) -> list:
    if isinstance(value, (list, tuple)):
        return [number for each in value for number in _numbers(each)]
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return [value] if is_number else []
