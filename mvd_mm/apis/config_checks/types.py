"""Whether a value of a config has the type that an argument asks for."""
import collections.abc
import inspect
import typing
from typing import Any, Union

__all__ = ['fits', 'is_plain', 'is_section', 'name_of']

_SEQUENCES = (list, tuple, collections.abc.Sequence, collections.abc.Iterable,
              set)


def fits(value: Any, hint: Any) -> bool:
    """Whether a value agrees with an annotation, as far as that can be told.

    A whole number is a float, a list is a tuple (configs and command lines
    mix them), a dict is any class: it may be what the class is built from.
    """
    if hint in (Any, inspect.Parameter.empty, object) or isinstance(
            hint, (str, typing.TypeVar)):
        return True
    if hint is None or hint is type(None):
        return value is None
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is Union or type(hint).__name__ == 'UnionType':
        return any(fits(value, each) for each in args)
    if origin is typing.Literal:
        return value in args
    if hint is bool:
        return isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if hint is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if hint is str:
        return isinstance(value, str)
    if origin in _SEQUENCES or hint in _SEQUENCES:
        return _is_sequence(value, origin or hint, args)
    if origin is dict or hint is dict:
        return isinstance(value, dict)
    if isinstance(hint, type) and isinstance(value, (bool, int, float)):
        # numbers have no `type`, hence nothing is built from them
        return isinstance(value, hint) or not hint.__module__.startswith(
            ('torch.nn', 'mmengine', 'mvd_mm'))
    return True


def _is_sequence(value: Any, kind: Any, args: tuple) -> bool:
    if isinstance(value, str):
        return kind is not tuple and kind is not list and args in ((), (str, ))
    if isinstance(value,
                  dict) or not isinstance(value, collections.abc.Iterable):
        return False
    items = list(value)
    if kind is tuple and args and args[-1] is not Ellipsis:
        return len(items) == len(args) and all(map(fits, items, args))
    if not args or isinstance(args[0], typing.TypeVar):
        return True
    return all(fits(item, args[0]) for item in items)


def is_plain(hint: Any) -> bool:
    """Whether an annotation asks for a number, a string, or None."""
    if typing.get_origin(hint) is Union:
        return all(map(is_plain, typing.get_args(hint)))
    return hint in (bool, int, float, str, type(None))


def is_section(hint: Any) -> bool:
    """Whether an annotation asks for a dict, or None."""
    if typing.get_origin(hint) is Union:
        args = typing.get_args(hint)
        return any(map(is_section, args)) and all(
            is_section(each) or each is type(None) for each in args)
    return typing.get_origin(hint) is dict or (isinstance(hint, type)
                                               and issubclass(hint, dict))


def name_of(hint: Any) -> str:
    """An annotation as a reader writes it."""
    if isinstance(hint, type) and typing.get_origin(hint) is None:
        return hint.__name__
    return str(hint).replace('typing.', '')
