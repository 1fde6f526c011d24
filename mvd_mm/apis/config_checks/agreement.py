"""Numbers that several parts of a config state must agree."""
from typing import Any, Iterator, List, Tuple

from mmengine.config import Config

from .arguments import accepted_arguments
from .positions import Module, find_modules

__all__ = ['check_agreement']


def check_agreement(cfg: Config) -> None:
    """Compare the number of classes of head, blending, lists and metrics.

    Raises:
        ValueError: If two parts state different numbers; names both keys. If
            a metric asks for the best k of fewer classes.
    """
    head, others = [], []
    for module in find_modules(cfg):
        number = _num_classes(module)
        if number is None:
            continue
        place = f'{module.path}.num_classes'
        if module.path in ('model.cls_head', 'model.roi_head.bbox_head'):
            head.append((place, number))
        elif _states_classes(module):
            others.append((place, number))
    if not head:
        return
    place, number = head[0]
    for other, count in others:
        if count != number:
            raise ValueError(
                f'`{place}={number}`, but `{other}={count}`: set both to the '
                'number of classes')
    for other, ks in _best_of(cfg):
        if any(k > number for k in ks):
            raise ValueError(f'`{other}={ks}`: of {number} classes (`{place}`)'
                             f' the best {max(ks)} say nothing; lower it, '
                             'e.g. to (1, )')


def _num_classes(module: Module) -> Any:
    """As stated, or the class's own number."""
    custom = module.node.get('custom_classes')
    if custom is not None and 'num_classes' not in module.node:
        return None
    if 'num_classes' in module.node:
        number = module.node['num_classes']
    else:
        accepted, _ = accepted_arguments(module.target)
        parameter = accepted.get('num_classes')
        number = parameter.default if parameter is not None else None
    return number if type(number) is int else None


def _states_classes(module: Module) -> bool:
    return ('blending' in module.path
            or module.kind in ('DATASETS', 'METRICS'))


def _best_of(cfg: Config) -> Iterator[Tuple[str, List[int]]]:
    for name in ('val_evaluator', 'test_evaluator'):
        evaluators = cfg.get(name) or []
        if isinstance(evaluators, dict):
            evaluators = [evaluators]
        for each in evaluators:
            options = each.get('metric_options') or {}
            ks = (options.get('top_k_accuracy') or {}).get('topk')
            if ks is not None:
                ks = [ks] if isinstance(ks, int) else list(ks)
                yield f'{name}.metric_options.top_k_accuracy.topk', ks
