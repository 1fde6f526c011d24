"""Every key of a config, and its value, is what its class takes."""
from difflib import get_close_matches
from typing import Any, Dict, Set

from mmengine.config import Config

from .arguments import accepted_arguments
from .positions import Module, find_modules, is_own
from .suggestions import suggest
from .types import fits, is_plain, is_section, name_of
from .values import check_value

__all__ = ['check_module', 'check_module_arguments']

# taken out of the dict by MMEngine before the class sees it
_ALWAYS = {'type', '_scope_', '_delete_'}
_TAKEN_OUT: Dict[str, Set[str]] = dict(
    HOOKS={'priority'},
    LOOPS={'by_epoch'},
    OPTIM_WRAPPERS={'constructor', 'optimizer', 'paramwise_cfg'},
    PARAM_SCHEDULERS={'convert_to_iter_based', 'epoch_length'},
    VISBACKENDS={'name'},
    WEIGHT_INITIALIZERS={'override'})
# built from the dict alone, so that nothing else gives what it lacks
_COMPLETE = ('DATASETS', 'HOOKS', 'METRICS', 'TRANSFORMS')


def check_module_arguments(cfg: Config) -> None:
    """Check each dict of a config from which something is built.

    Its keys are compared with the arguments of the class that ``type`` names,
    of this project or of a host, parents included; only where a class takes
    ``**kwargs`` for uses of its own any key is accepted.

    Args:
        cfg (Config): A whole config, after all overrides.

    Raises:
        KeyError: If no class of that name is registered.
        TypeError: If a dict holds a key that the class does not accept, or a
            value of another type, or lacks what the class needs.
        ValueError: If a value is outside the range of its argument.
    """
    for module in find_modules(cfg):
        check_module(module)


def check_module(module: Module) -> None:
    """Check the keys and values of one dict; errors as above."""
    path, node, kind, target, _ = module
    accepted, others = accepted_arguments(target)
    # other backends than the disk have arguments of their own
    others |= node.get('io_backend', 'disk') != 'disk'
    name = node.get('type', getattr(target, '__name__', target))
    name = getattr(name, '__name__', name)
    taken_out = _ALWAYS | _TAKEN_OUT.get(kind, set())
    if path.rpartition('.')[2].endswith('norm_cfg'):
        taken_out = taken_out | {'requires_grad'}
    if path.rpartition('.')[2] == 'backbone':
        taken_out = taken_out | {'feature_shape'}
    for key, value in node.items():
        if key in taken_out:
            continue
        place = f'{path}.{key}={_short(value)}'
        if key not in accepted:
            if others:
                continue
            raise TypeError(
                f'`{place}`: {name} has no argument {key!r}; '
                f'{suggest(key, {*accepted, *taken_out} - _ALWAYS)}')
        hint = accepted[key].annotation
        if (is_own(target) or _is_reliable(hint, value, kind)) and not _fits(
                value, hint, accepted[key].default):
            raise TypeError(f'`{place}`: {name} takes {name_of(hint)}, got '
                            f'{type(value).__name__}')
        check_value(place, key, value, kind)
        if kind == 'DATASETS' and key == 'pipeline' and value in ([], ()):
            raise ValueError(f'`{place}` is empty, so no video would be read')
        if key == 'data_prefix' and isinstance(value, dict):
            _check_prefix(place, value, accepted[key].default, name,
                          is_own(target))
    if kind in _COMPLETE:
        lacking = [
            key for key, parameter in accepted.items()
            if parameter.default is parameter.empty and key not in node
            and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        ]
        if lacking and not others:
            raise TypeError(f'`{path}`: {name} needs {lacking}, which the '
                            'config does not give')


def _check_prefix(place: str, value: dict, default: Any, name: str,
                  own: bool) -> None:
    """A folder under another name than the class reads is never looked at."""
    default = default if isinstance(default, dict) else {}
    for key, folder in value.items():
        if not isinstance(folder, (str, type(None))):
            raise TypeError(f'`{place}`: {key!r} must be the path of a '
                            f'folder, got {folder!r}')
        # some data sets of the hosts read more than they name
        if default and key not in default and (own or get_close_matches(
                str(key), default, n=1, cutoff=0.7)):
            raise TypeError(f'`{place}`: {name} reads no {key!r} there; '
                            f'{suggest(key, default)}')


def _fits(value: Any, hint: Any, default: Any) -> bool:
    # hosts write `x: int = None` and `x: float = 'auto'`
    return fits(value, hint) or (type(value) is type(default)
                                 and value == default)


def _is_reliable(hint: Any, value: Any, kind: str) -> bool:
    """Whether a host's annotation tells that a value is wrong.

    Those of numbers do; but `int` is also written where True, a dict or, in a
    schedule, half an epoch is taken, and `str` where None is.
    """
    if is_section(hint):
        return isinstance(value, (bool, int, float))
    if not is_plain(hint) or isinstance(value, dict):
        return False
    if hint is str and value is None:
        return False
    if kind == 'PARAM_SCHEDULERS' and isinstance(value, float):
        return False
    return not (hint is int and isinstance(value, bool))


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f'{text[:200]}...'
