"""Renaming of state dicts: every key is renamed or dropped by a rule."""
import re
from itertools import count
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from torch import Tensor

__all__ = ['Rule', 'rename', 'two_way']

#: what a template may hold in braces
_PLACES = {
    'n': r'(\d+)',  # number of a block
    'p': r'(weight|bias)',
    'qv': r'([qv]_bias)',
    'norm': r'(norm[12])',
    'gamma': r'(gamma_[12])',
    'any': r'(.*)',
}


class Rule(NamedTuple):
    """Rename the keys that match ``pattern`` as a whole, or drop them.

    Args:
        pattern (str): Regular expression.
        repl (str, optional): New key; None drops the weight.
        reason (str): Why it is dropped, for the report.
    """

    pattern: str
    repl: Optional[str]
    reason: str = ''


def two_way(pairs: Sequence[Tuple[str, str]],
            source: str = '',
            target: str = '') -> Tuple[List[Rule], List[Rule]]:
    """Make rules for both directions out of one table.

    Args:
        pairs (Sequence[tuple[str, str]]): Templates of the same weight in two
            namings, with the same places in braces in the same order.
        source (str), target (str): Prefix of the first and second naming.
    """
    there = [_rule(source + a, target + b) for a, b in pairs]
    return there, [_rule(target + b, source + a) for a, b in pairs]


def _rule(source: str, target: str) -> Rule:
    number = count(1)
    return Rule(
        re.sub(r'\\{(\w+)\\}', lambda m: _PLACES[m[1]], re.escape(source)),
        re.sub(r'\{\w+\}', lambda m: f'\\{next(number)}', target))


def rename(
        state_dict: Dict[str, Tensor], rules: Sequence[Rule]
) -> Tuple[Dict[str, Tensor], Dict[str, List[str]]]:
    """Apply the first matching rule to every key.

    Args:
        state_dict (dict): Weights by name.
        rules (Sequence[Rule]): In order.

    Returns:
        tuple: Weights under their new names, and the dropped keys by reason.

    Raises:
        KeyError: If keys match no rule, or two get the same name. A converter
            must account for each weight it is given, so a new upstream key
            fails loudly.
    """
    renamed: Dict[str, Tensor] = {}
    dropped: Dict[str, List[str]] = {}
    unknown = []
    for key, weight in state_dict.items():
        rule = next((r for r in rules if re.fullmatch(r.pattern, key)), None)
        if rule is None:
            unknown.append(key)
        elif rule.repl is None:
            dropped.setdefault(rule.reason, []).append(key)
        else:
            name = re.sub(f'^(?:{rule.pattern})$', rule.repl, key)
            if name in renamed:
                raise KeyError(f'{key!r} and another key are both {name!r}: '
                               'the file holds two models in one')
            renamed[name] = weight
    if unknown:
        raise KeyError(f'{len(unknown)} keys match no rule, among them '
                       f'{unknown[:5]}: this is not the kind of file it was '
                       'taken for, or one of its parts is not known here')
    return renamed, dropped
