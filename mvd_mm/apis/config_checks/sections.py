"""Sections that MMEngine's runner reads itself, without a class to ask."""
import difflib
import importlib.util
import inspect
import multiprocessing
from typing import (Any, Callable, Dict, Iterator, List, Sequence, Set, Tuple,
                    Type)

import torch.distributed
from mmengine.config import Config
from mmengine.dist import init_dist
from mmengine.optim import DefaultOptimWrapperConstructor
from mmengine.runner import Runner, set_random_seed
from mmengine.runner._flexible_runner import FlexibleRunner
from mmengine.utils.dl_utils import set_multi_processing
from torch.utils.data import DataLoader

from .positions import resolve
from .suggestions import suggest
from .values import check_value

__all__ = ['check_needed', 'check_sections', 'runner_keys']

# read by MMEngine from the config itself, not by the runner's constructor
_CONFIG_KEYS = {
    'activation_checkpointing', 'compile', 'custom_imports',
    'efficient_conv_bn_eval', 'find_unused_parameters',
    'init_weights_for_test_or_val', 'model_wrapper_cfg', 'runner_type',
    'strategy', 'sync_bn'
}
_HOOKS = {
    'runtime_info', 'timer', 'sampler_seed', 'logger', 'param_scheduler',
    'checkpoint', 'visualization', 'sync_buffers', 'early_stopping'
}
_LOADER_KEYS = {
    'batch_sampler', 'collate_fn', 'dataset', 'disable_subprocess_warning',
    'num_batch_per_epoch', 'persistent_workers', 'sampler', 'worker_init_fn'
}
_PARAMWISE = {
    'DefaultOptimWrapperConstructor': {
        'bias_decay_mult', 'bias_lr_mult', 'bypass_duplicate', 'custom_keys',
        'dcn_offset_lr_mult', 'dwconv_decay_mult', 'flat_decay_mult',
        'norm_decay_mult'
    },
    'LearningRateDecayOptimizerConstructor':
    {'decay_rate', 'decay_type', 'num_layers'},
    'TSMOptimWrapperConstructor': {'fc_lr5'}
}
_OPTIMISER_KEYS = {'decay_mult', 'lr_mult'}  # of an entry of custom_keys
# recognisers read these from their `test_cfg`; detectors have another form
_RECOGNIZERS = ('Recognizer2D', 'Recognizer3D', 'MMRecognizer3D',
                'RecognizerAudio', 'mvd_mm.FrozenRecognizer3D')
_TEST_CFG = {
    'average_clips', 'fcn_test', 'feature_extraction', 'max_testing_views',
    'num_segs'
}
_DICTS = """
auto_scale_lr custom_imports default_hooks env_cfg log_processor model
model_wrapper_cfg optim_wrapper randomness strategy test_cfg test_dataloader
train_cfg train_dataloader val_cfg val_dataloader visualizer
"""
_DICTS_OR_LISTS = 'param_scheduler test_evaluator val_evaluator vis_backends'
_STRINGS = """
default_scope experiment_name launcher load_from runner_type work_dir
"""
# what a section may be, beside None
_TYPES: Dict[str, Tuple[Type, ...]] = {
    **dict.fromkeys(_DICTS.split(), (dict, )),
    **dict.fromkeys(_DICTS_OR_LISTS.split(), (dict, list)),
    **dict.fromkeys(_STRINGS.split(), (str, )), 'custom_hooks': (list, ),
    'log_level': (str, int),
    'resume': (bool, ),
    'find_unused_parameters': (bool, )
}
_LEVELS = ('CRITICAL', 'ERROR', 'WARNING', 'INFO', 'DEBUG', 'NOTSET')
# what the runner cannot do without, by what it is to do
_NEEDED = {
    'train': ('model', 'train_cfg', 'train_dataloader', 'optim_wrapper'),
    'test': ('model', 'test_cfg', 'test_dataloader', 'test_evaluator')
}


def runner_keys() -> Set[str]:
    """Top-level keys that MMEngine reads."""
    keys = {
        *inspect.signature(Runner.__init__).parameters,
        *inspect.signature(FlexibleRunner.__init__).parameters
    }
    return keys - {'self', 'cfg'} | _CONFIG_KEYS


def check_sections(cfg: Config) -> None:
    """Check the keys of loaders, environment, seeds and the like.

    Raises:
        TypeError: If a section holds a key that MMEngine does not read, or is
            no dict.
        ValueError: If a value is outside its range, or a top-level key is
            nearly the name of one of MMEngine's.
    """
    sections = cfg.to_dict()
    _check_top_level(sections)
    for key in sections.keys() & _TYPES:
        _check_type(key, sections[key])
    _check_scope(sections.get('default_scope'))
    for path, loader in _loaders(sections, ''):
        _check_loader(loader, path)
    _check_hooks(sections.get('default_hooks') or {})
    environment = sections.get('env_cfg') or {}
    known = {'cudnn_benchmark', 'mp_cfg', 'dist_cfg', 'resource_limit'}
    _check_keys(environment, 'env_cfg', known)
    _check_call(
        environment.get('mp_cfg'), 'env_cfg.mp_cfg', set_multi_processing,
        ('distributed', ))
    _check_start_method((environment.get('mp_cfg')
                         or {}).get('mp_start_method'))
    _check_call(
        environment.get('dist_cfg'), 'env_cfg.dist_cfg', init_dist,
        ('launcher', 'kwargs'),
        (*_names(torch.distributed.init_process_group), 'port'))
    _check_call(sections.get('randomness'), 'randomness', set_random_seed)
    _check_seed((sections.get('randomness') or {}).get('seed'))
    _check_keys(
        sections.get('auto_scale_lr') or {}, 'auto_scale_lr',
        {'base_batch_size', 'enable'})
    wrapper = sections.get('optim_wrapper')
    if wrapper and 'optimizer' in wrapper:
        _check_paramwise(wrapper, sections.get('default_scope') or 'mmengine')
    model = sections.get('model') or {}
    if model.get('type') in _RECOGNIZERS:
        _check_keys(model.get('test_cfg') or {}, 'model.test_cfg', _TEST_CFG)


def check_needed(cfg: Config, part: str) -> None:
    """Check that a config holds what a run needs.

    Args:
        cfg (Config): A whole config.
        part (str): 'train' or 'test'.

    Raises:
        ValueError: If a section is missing or None.
        TypeError: If the model has no ``type``.
    """
    for key in _NEEDED[part]:
        if not cfg.get(key):
            raise ValueError(f'the config has no `{key}`, which '
                             f'tools/{part}.py needs; begin with one of '
                             'configs/mvd')
    if 'type' not in cfg.model:
        raise TypeError('`model` needs a `type`, the name of a class')
    whole = [
        cfg.get(f'val_{name}') for name in ('cfg', 'dataloader', 'evaluator')
    ]
    if part == 'train' and len({each is None for each in whole}) > 1:
        raise ValueError('`val_cfg`, `val_dataloader` and `val_evaluator` '
                         'must be given together, or all be None')


def _check_type(key: str, value: Any) -> None:
    types = _TYPES[key]
    if value is None and key not in ('env_cfg', 'randomness'):
        return
    if not isinstance(value, types):
        names = ' or '.join(each.__name__ for each in types)
        raise TypeError(
            f'`{key}={_short(value)}` must be a {names}' +
            (' of dicts' if list in types else '') + f', got a '
            f'{type(value).__name__}; the configs of configs/mvd show how')
    if isinstance(value,
                  list) and not all(isinstance(each, dict) for each in value):
        raise TypeError(f'`{key}={_short(value)}` must hold dicts')
    if key == 'log_level' and isinstance(value, str):
        if value.upper() not in _LEVELS:
            raise ValueError(f'`log_level={value!r}` must be one of {_LEVELS}')
    if key in ('default_scope', 'work_dir') and not value:
        raise ValueError(f'`{key}={value!r}` must not be empty')


def _check_scope(scope: Any) -> None:
    if scope and importlib.util.find_spec(scope.split('.')[0]) is None:
        raise ValueError(
            f'`default_scope={scope!r}` names no package that is installed; '
            "the configs here have 'mmaction'")


def _check_start_method(method: Any) -> None:
    known = multiprocessing.get_all_start_methods()
    if method is not None and method not in known:
        raise ValueError(f'`env_cfg.mp_cfg.mp_start_method={method!r}` must '
                         f'be one of {known}')


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f'{text[:200]}...'


def _check_top_level(sections: Dict[str, Any]) -> None:
    """Nobody tells when the runner never looks at `train_dataloder`."""
    known = runner_keys()
    for key in set(sections) - known:
        close = difflib.get_close_matches(key, known, n=1, cutoff=0.88)
        if close and len(key) > 7:
            raise ValueError(
                f'`{key}` is not read by MMEngine; did you mean '
                f'{close[0]!r}? If it is a variable, give it another name')


def _check_hooks(hooks: Dict[str, Any]) -> None:
    for name, hook in hooks.items():
        if hook is None:
            continue
        if not isinstance(hook, dict) or 'type' not in hook:
            raise TypeError(f'`default_hooks.{name}={hook!r}` needs a `type`; '
                            f'{suggest(name, _HOOKS | set(hooks) - {name})}')


def _loaders(node: Dict[str, Any], path: str) -> Iterator[Tuple[str, Any]]:
    for key, child in node.items():
        if isinstance(child, dict):
            if str(key).endswith('dataloader'):
                yield f'{path}{key}', child
            else:
                yield from _loaders(child, f'{path}{key}.')


def _check_loader(loader: Dict[str, Any], path: str) -> None:
    names = set(_names(DataLoader.__init__)) - {'self'} | _LOADER_KEYS
    _check_keys(loader, path, names)
    if 'dataset' not in loader:
        raise TypeError(f'`{path}` needs a `dataset`')
    if 'sampler' not in loader and 'batch_sampler' not in loader:
        raise TypeError(f'`{path}` needs a `sampler`, e.g. '
                        "dict(type='DefaultSampler', shuffle=True)")
    types: Dict[str,
                Type] = {
                    **dict.fromkeys([
                        'batch_size', 'num_workers', 'prefetch_factor'
                    ], int),
                    **dict.fromkeys([
                        'drop_last', 'persistent_workers', 'pin_memory'
                    ], bool)
                }
    for key, value in loader.items():
        place = f'{path}.{key}={value!r}'
        if value is not None and key in types and type(
                value) is not types[key]:
            raise TypeError(f'`{place}` must be of type {types[key].__name__}'
                            f', got {type(value).__name__}')
        if not isinstance(value, dict):
            check_value(place, key, value)
    if 'batch_sampler' not in loader and loader.get('batch_size', 1) is None:
        raise TypeError(f'`{path}.batch_size` must be a whole number')
    if loader.get('num_workers', 0) is None:
        raise TypeError(f'`{path}.num_workers` must be a whole number, 0 for '
                        'none')
    if not loader.get('num_workers'):
        for key in ('persistent_workers', 'prefetch_factor'):
            if loader.get(key):
                raise ValueError(
                    f'`{path}.{key}={loader[key]}` needs workers, but '
                    f'`{path}.num_workers` is 0: set '
                    f"{path}.{key}={'False' if key[1] == 'e' else 'None'}")


def _check_seed(seed: Any) -> None:
    if seed is None:
        return
    if type(seed) is not int or not 0 <= seed < 2**32:
        raise ValueError(f'`randomness.seed={seed!r}` must be a whole number '
                         'from 0 to 2**32 - 1, or None for a random one')


def _check_paramwise(wrapper: Dict[str, Any], scope: str) -> None:
    constructor = wrapper.get('constructor', 'DefaultOptimWrapperConstructor')
    path = 'optim_wrapper.paramwise_cfg'
    found = resolve(constructor, 'OPTIM_WRAPPER_CONSTRUCTORS', scope)
    if found is None:
        raise KeyError(f'`optim_wrapper.constructor={constructor!r}` is not '
                       f'registered; {suggest(constructor, _PARAMWISE)}')
    options = wrapper.get('paramwise_cfg') or {}
    if not isinstance(options, dict):
        raise TypeError(f'`{path}={options!r}` must be a dict')
    known = _PARAMWISE.get(found[1].__name__)
    if known is None:
        return
    _check_keys(options, path, known)
    for key, value in options.items():
        check_value(f'{path}.{key}={value!r}', key, value)
    if found[1] is DefaultOptimWrapperConstructor:
        for name, entry in (options.get('custom_keys') or {}).items():
            if not isinstance(entry, dict):
                raise TypeError(f'`{path}.custom_keys.{name}={entry!r}` must '
                                'be a dict, e.g. dict(lr_mult=0.1)')
            # others go to the optimiser as options of these parameters
            for key in entry:
                close = difflib.get_close_matches(key, _OPTIMISER_KEYS, n=1)
                if key not in _OPTIMISER_KEYS and close:
                    raise TypeError(
                        f'`{path}.custom_keys.{name}.{key}={entry[key]!r}` is '
                        f'not read; did you mean {close[0]!r}?')


def _check_call(
    section: Any,
    path: str,
    function: Callable,
    without: Sequence[str] = (),
    more: Sequence[str] = ()
) -> None:
    if section is not None:
        known = set(_names(function)) - set(without)
        _check_keys(section, path, known | set(more))


def _check_keys(section: Any, path: str, known: Set[str]) -> None:
    if not isinstance(section, dict):
        raise TypeError(f'`{path}={section!r}` must be a dict with keys of '
                        f'{sorted(known)}')
    for key, value in section.items():
        if key not in known and key != '_scope_':
            raise TypeError(f'`{path}.{key}={value!r}`: MMEngine reads no key '
                            f'{key!r} here; {suggest(key, known)}')


def _names(function: Callable) -> List[str]:
    return list(inspect.signature(function).parameters)
