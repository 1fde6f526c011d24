"""Refuse misspelt keys before a run starts.

MMEngine ignores unknown top-level keys silently. A misspelt argument of a
module fails late, when the module is built, and its message does not say
where in the config it is.
"""
import inspect
import warnings
from difflib import get_close_matches
from typing import Any, Iterable, Iterator, Optional, Set, Tuple

import mmengine.registry
from mmengine.config import Config
from mmengine.registry import Registry
from mmengine.runner import Runner

__all__ = ['check_config_options', 'check_module_arguments']

SCOPE = 'mvd_mm'
# read by MMEngine from the config itself, not by the runner's constructor
_CONFIG_KEYS = {
    'activation_checkpointing', 'compile', 'custom_imports',
    'efficient_conv_bn_eval', 'find_unused_parameters',
    'init_weights_for_test_or_val', 'model_wrapper_cfg', 'runner_type',
    'strategy', 'sync_bn'
}
# taken out of the dict by MMEngine before the class sees it
_REGISTRY_KEYS = {'type', '_scope_', '_delete_'}
_HOST_KEYS = dict(
    HOOKS={'priority'},
    OPTIM_WRAPPERS={'constructor', 'optimizer', 'paramwise_cfg'},
    PARAM_SCHEDULERS={'convert_to_iter_based', 'epoch_length'})


def _suggest(name: str, choices: Set[str]) -> str:
    """Write the end of an error message: the closest name and all names."""
    close = get_close_matches(name, choices, n=1)
    hint = f'did you mean {close[0]!r}? ' if close else ''
    return f'{hint}Valid names: {sorted(choices)}'


def check_config_options(cfg: Config, options: Optional[dict]) -> None:
    """Check the keys of ``--cfg-options`` before they are merged.

    Args:
        cfg (Config): The config the options will be merged into.
        options (dict, optional): Dotted key to value, as ``DictAction``
            returns them.

    Raises:
        ValueError: If a top-level key is neither in the config nor known to
            MMEngine's runner, so that nothing would ever read it.

    Warns:
        UserWarning: If a key is a plain variable of the config. Values that
            the file computed from it do not change any more.
    """
    runner_keys = set(inspect.signature(Runner.__init__).parameters)
    runner_keys = runner_keys - {'self', 'cfg'} | _CONFIG_KEYS
    for option, value in (options or {}).items():
        key = option.split('.')[0]
        if key not in runner_keys | set(cfg):
            raise ValueError(
                f'`--cfg-options {option}={value}`: neither the config nor '
                f"MMEngine's Runner knows {key!r}; "
                f'{_suggest(key, runner_keys | set(cfg))}')
        if key not in runner_keys:
            warnings.warn(
                f'`--cfg-options {option}={value}` sets a variable of the '
                'config file; what the file computed from it keeps its '
                'value. Name the final place instead, e.g. '
                '`optim_wrapper.optimizer.lr` or `train_dataloader.batch_size`'
            )


def check_module_arguments(cfg: Config) -> None:
    """Check every argument of this project's modules in a config.

    Each dict whose ``type`` is ``'mvd_mm.X'`` is compared with the arguments
    of ``X.__init__``. Classes that accept ``**kwargs`` are skipped, because
    only they know what they accept.

    Args:
        cfg (Config): A whole config, after all overrides.

    Raises:
        KeyError: If no class of that name is registered.
        TypeError: If a dict holds a key the class does not accept.
    """
    for path, node in _module_dicts(cfg.to_dict(), ''):
        kind, module = _resolve(node['type'], path)
        parameters = inspect.signature(module).parameters
        if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
            continue
        for key in node.keys() - _REGISTRY_KEYS - _HOST_KEYS.get(kind, set()):
            if key not in parameters:
                raise TypeError(
                    f'`{path}.{key}={node[key]!r}`: {node["type"]} has no '
                    f'argument {key!r}; {_suggest(key, set(parameters))}')


def _module_dicts(node: Any, path: str) -> Iterator[Tuple[str, dict]]:
    """Yield this project's module dicts with their dotted path."""
    if isinstance(node, dict):
        if str(node.get('type', '')).startswith(f'{SCOPE}.'):
            yield path, node
        children: Iterable[Tuple[Any, Any]] = node.items()
    elif isinstance(node, (list, tuple)):
        children = enumerate(node)
    else:
        return
    for key, child in children:
        yield from _module_dicts(child, f'{path}.{key}' if path else str(key))


def _resolve(name: str, path: str) -> Tuple[str, type]:
    """Find a class by its scoped name in whatever registry holds it.

    Returns:
        tuple[str, type]: Name of MMEngine's root registry, e.g. 'HOOKS', and
        the class.
    """
    known: Set[str] = set()
    for kind, root in vars(mmengine.registry).items():
        if not isinstance(root, Registry) or SCOPE not in root.children:
            continue
        registry = root.children[SCOPE]
        registry.import_from_location()
        if name[len(SCOPE) + 1:] in registry.module_dict:
            return kind, registry.module_dict[name[len(SCOPE) + 1:]]
        known.update(f'{SCOPE}.{n}' for n in registry.module_dict)
    raise KeyError(f'`{path}.type={name}` is not registered; '
                   f'{_suggest(name, known)}')
