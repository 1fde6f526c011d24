"""Which registry builds which dict of a config."""
from difflib import get_close_matches
from functools import lru_cache
from importlib.util import find_spec
from typing import Any, Callable, Iterator, List, NamedTuple, Optional, Tuple

import mmengine.registry
from mmengine.config import Config
from mmengine.config.utils import MODULE2PACKAGE
from mmengine.registry import Registry

from .suggestions import suggest

__all__ = ['Module', 'find_modules', 'is_own', 'resolve']


class Module(NamedTuple):
    """A dict of a config from which something is built.

    Args:
        path (str): Dotted place in the config.
        node (dict): With or without ``type``.
        kind (str): MMEngine's registry, e.g. 'HOOKS'.
        target (callable): The class or function.
        scope (str): Where names without a prefix are looked up.
    """

    path: str
    node: dict
    kind: str
    target: Callable
    scope: str


# top-level keys: registry, and the type that MMEngine takes without one
_SECTIONS = {
    'model': ('MODELS', None),
    'data_preprocessor': ('MODELS', None),
    'model_wrapper_cfg': ('MODEL_WRAPPERS', 'MMDistributedDataParallel'),
    'custom_hooks': ('HOOKS', None),
    'optim_wrapper': ('OPTIM_WRAPPERS', 'OptimWrapper'),
    'param_scheduler': ('PARAM_SCHEDULERS', None),
    'train_cfg': ('LOOPS', 'EpochBasedTrainLoop'),
    'val_cfg': ('LOOPS', 'ValLoop'),
    'test_cfg': ('LOOPS', 'TestLoop'),
    'val_evaluator': ('METRICS', None),
    'test_evaluator': ('METRICS', None),
    'visualizer': ('VISUALIZERS', 'Visualizer'),
    'log_processor': ('LOG_PROCESSORS', 'LogProcessor'),
    'vis_backends': ('VISBACKENDS', None),
    'strategy': ('STRATEGIES', None),
}
_LISTS = ('custom_hooks', 'param_scheduler', 'vis_backends')
_LOADERS = ('train_dataloader', 'val_dataloader', 'test_dataloader')
# keys below these: registry, whatever holds them
_INSIDE = {
    'pipeline': 'TRANSFORMS',
    'transforms': 'TRANSFORMS',
    'dataset': 'DATASETS',
    'datasets': 'DATASETS',
    'init_cfg': 'WEIGHT_INITIALIZERS',
    'optimizer': 'OPTIMIZERS',
    'vis_backends': 'VISBACKENDS',
    'metrics': 'METRICS',
    'collate_fn': 'FUNCTIONS',
    'worker_init_fn': 'FUNCTIONS',
}
# of these, what is built from each dict, so that it needs a `type`
_STEPS = ('init_cfg', 'optimizer', 'pipeline', 'vis_backends')
_DATA = ('dataset', 'datasets')
# parts that every model of the hosts builds
_PARTS = ('backbone', 'neck', 'cls_head', 'roi_head', 'bbox_head',
          'bbox_roi_extractor', 'data_preprocessor')
# packages that need not be installed for a config to be read
_FOREIGN = ('torchvision', 'timm', 'mmpretrain', 'mmcls', 'transformers')


def find_modules(cfg: Config) -> Iterator[Module]:
    """Yield everything of a config that is built, in its order.

    Raises:
        KeyError: If no class of that name is registered.
        TypeError: If a section that has to be built is no dict.
        ValueError: If a ``_scope_`` names no package.
    """
    scope = cfg.get('default_scope') or 'mmengine'
    for key, value in cfg.to_dict().items():
        if key in _LOADERS and isinstance(value, dict):
            yield from _walk_loader(value, key, scope)
        elif key == 'default_hooks' and isinstance(value, dict):
            for name, child in value.items():
                yield from _walk(child, f'{key}.{name}', 'HOOKS', scope)
        elif key in _SECTIONS:
            kind, default = _SECTIONS[key]
            if key == 'train_cfg' and isinstance(
                    value, dict) and value.get('by_epoch') is False:
                default = 'IterBasedTrainLoop'
            if (key.endswith('evaluator') and isinstance(value, dict)
                    and 'metrics' in value):
                kind, default = 'EVALUATOR', 'Evaluator'
            yield from _walk(
                value, key, kind, scope, default, wanted=key in _LISTS)


def _walk_loader(loader: dict, path: str, scope: str) -> Iterator[Module]:
    for name, child in loader.items():
        kind = 'DATA_SAMPLERS' if name in (
            'sampler', 'batch_sampler') else _INSIDE.get(name)
        if kind is not None:
            yield from _walk(child, f'{path}.{name}', kind, scope)


def _walk(node: Any,
          path: str,
          kind: str,
          scope: str,
          default: Optional[str] = None,
          free: bool = False,
          wanted: bool = True) -> Iterator[Module]:
    if isinstance(node, (list, tuple)):
        for index, child in enumerate(node):
            yield from _walk(child, f'{path}.{index}', kind, scope, default,
                             free, wanted)
        return
    if not isinstance(node, dict):
        if wanted and not callable(node) and node is not None:
            raise TypeError(f'`{path}={node!r}` must be a dict with a `type`')
        return
    if wanted and default is None and 'type' not in node:
        raise TypeError(f'`{path}={node!r}` needs a `type`, the name of a '
                        f'class, e.g. {_names(kind, scope)[:3]}')
    scope = _scope_of(node, path) or scope
    inner, host = kind, free
    if 'type' in node or default is not None:
        name = node.get('type', default)
        if not _is_foreign(name):
            if not isinstance(name, str) and not callable(name):
                raise TypeError(f'`{path}.type={name!r}` must be the name of '
                                f'a class, e.g. {_names(kind, scope)[:3]}')
            found = resolve(name, kind, scope)
            if found is not None:
                inner, host = found[0], not is_own(found[1])
                yield Module(path, node, *found, scope)
            elif not free or get_close_matches(
                    str(name), _names(kind, scope), n=1, cutoff=0.85):
                raise KeyError(f'`{path}.type={name!r}` is not registered; ' +
                               suggest(name, _names(kind, scope)))
        else:
            host = True
    for key, child in node.items():
        if key in ('paramwise_cfg', 'metainfo', 'data_prefix', 'meta_keys'):
            continue
        if key == 'override' and inner == 'WEIGHT_INITIALIZERS':
            continue
        if str(key).endswith('dataloader') and isinstance(child, dict):
            yield from _walk_loader(child, f'{path}.{key}', scope)
            continue
        yield from _walk(
            child,
            f'{path}.{key}',
            _INSIDE.get(key, inner),
            scope,
            # of a teacher, which knows the class
            'mvd_mm.MVDVisionTransformer' if key == 'vit' else None,
            # some classes of the hosts read dicts of their own making
            free=host and key not in _INSIDE and key not in _PARTS,
            wanted=key in _STEPS or (key in _DATA and inner == 'DATASETS'))


def _scope_of(node: dict, path: str) -> Optional[str]:
    """The package whose names come first below a dict, if it says so."""
    scope = node.get('_scope_')
    known = {'mmengine', 'mmcv', 'mvd_mm', *MODULE2PACKAGE}
    if scope and scope not in known and (not isinstance(scope, str)
                                         or find_spec(scope) is None):
        raise ValueError(f'`{path}._scope_={scope!r}` names no package; ' +
                         suggest(str(scope), known))
    return scope


def _is_foreign(name: Any) -> bool:
    return isinstance(name, str) and name.split('.')[0] in _FOREIGN


def is_own(target: Any) -> bool:
    """Whether a class is one of this project."""
    return str(getattr(target, '__module__', '')).startswith('mvd_mm.')


def resolve(name: Any, kind: str, scope: str) -> Optional[Tuple[str, Any]]:
    """Find a class as MMEngine would; its registry and the class.

    Raises:
        TypeError: If ``name`` is neither a string nor a class or function.
    """
    if not isinstance(name, str):
        if callable(name):
            return kind, name
        raise TypeError(f'`type` must be the name of a class, got {name!r}')
    # MMEngine would import what stands before a dot
    if not all(part.isidentifier() for part in name.split('.')):
        return None
    return _resolve(name, kind, scope)


@lru_cache(maxsize=None)
def _resolve(name: str, kind: str, scope: str) -> Optional[Tuple[str, Any]]:
    others: List[str] = []
    if kind == 'MODELS':  # assigners and the like stand among the networks
        others = ['TASK_UTILS', 'WEIGHT_INITIALIZERS']
    elif kind == 'HOOKS':
        others = ['METRICS', 'DATASETS', 'TRANSFORMS']
    for each in [kind, *others]:
        root = getattr(mmengine.registry, each)
        if kind == 'FUNCTIONS':  # MMEngine takes these from its own alone
            function = root.get(name)
            return None if function is None else (kind, function)
        with root.switch_scope_and_registry(scope) as registry:
            target = registry.get(name)
        if callable(target):  # the name may be that of a Python module
            return each, target
    return None


def _names(kind: str, scope: str) -> List[str]:
    root: Registry = getattr(mmengine.registry, kind)
    names = list(root.module_dict)
    for child, registry in root.children.items():
        if child in ('mvd_mm', scope):
            prefix = '' if child == scope else f'{child}.'
            names += [prefix + name for name in registry.module_dict]
    return names
