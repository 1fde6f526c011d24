"""Which arguments a class or function accepts, and of which types."""
import ast
import inspect
import textwrap
from functools import lru_cache
from typing import Any, Callable, Dict, List, NamedTuple, Set

from mmaction.datasets.transforms import (DecordInit, OpenCVInit, PyAVInit,
                                          RawFrameDecode)
from mmaction.engine.hooks import VisualizationHook
from mmaction.visualization import ActionVisualizer
from mmengine.fileio import LocalBackend
from mmengine.hooks import CheckpointHook, EMAHook
from mmengine.model import ExponentialMovingAverage
from mmengine.runner import Runner

__all__ = ['Arguments', 'accepted_arguments']


class Arguments(NamedTuple):
    """What a config may write beside ``type``.

    Args:
        parameters (dict[str, inspect.Parameter]): By name.
        others (bool): Whether only the class knows what else it takes.
    """

    parameters: Dict[str, inspect.Parameter]
    others: bool


# what a class passes its other arguments on to, unchanged, but later: an
# unknown one would be told when the first file is opened or written
_LATER: Dict[type, Callable] = {
    CheckpointHook: Runner.save_checkpoint,
    EMAHook: ExponentialMovingAverage.__init__,
    DecordInit: LocalBackend.__init__,
    OpenCVInit: LocalBackend.__init__,
    PyAVInit: LocalBackend.__init__,
    RawFrameDecode: LocalBackend.__init__,
    VisualizationHook: ActionVisualizer.add_datasample,
}


@lru_cache(maxsize=None)
def accepted_arguments(module: Callable) -> Arguments:
    """Find what a class or function accepts by name.

    ``**kwargs`` that a class passes on to its parent are the parent's
    arguments; those that it never looks at are none, a misspelt one would be
    ignored; what it does otherwise with them only the class knows.
    """
    if not inspect.isclass(module):
        return _collect([module])
    return _collect([
        vars(base)['__init__'] for base in module.__mro__
        if base is not object and '__init__' in vars(base)
    ] or [object], module)


def _collect(chain: List[Any], module: Any = None) -> Arguments:
    found: Dict[str, inspect.Parameter] = {}
    for place, function in enumerate(chain):
        try:
            parameters = list(inspect.signature(function).parameters.values())
        except (TypeError, ValueError):  # written in C
            return Arguments(found, True)
        if module is not None and function is not object:
            parameters = parameters[1:]
        rest = None
        for parameter in parameters:
            if parameter.kind is parameter.VAR_KEYWORD:
                rest = parameter.name
            elif parameter.kind not in (parameter.VAR_POSITIONAL,
                                        parameter.POSITIONAL_ONLY):
                found.setdefault(parameter.name, parameter)
        if rest is None:
            return Arguments(found, False)
        use = _use_of(function, rest)
        for name in use.names:
            found.setdefault(
                name, inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY))
        for base, reader in _LATER.items():
            if vars(base).get('__init__') is function:
                for name, each in inspect.signature(reader).parameters.items():
                    if name != 'self' and each.default is not each.empty:
                        found.setdefault(name, each)
                return Arguments(found, False)
        if use.kept or (use.passed_on and place + 1 == len(chain)):
            return Arguments(found, True)
        if not use.passed_on:
            # with *args it stands in for a class that cannot be imported
            return Arguments(
                found, any(p.kind is p.VAR_POSITIONAL for p in parameters))
    return Arguments(found, False)


class _Use(NamedTuple):
    """What a function does with its ``**kwargs``."""

    names: Set[str]  # read one by one
    passed_on: bool  # to the same function of the parent
    kept: bool  # anything else


def _use_of(function: Any, rest: str) -> _Use:
    try:
        source = textwrap.dedent(inspect.getsource(inspect.unwrap(function)))
        tree = ast.parse(source)
    except (OSError, TypeError, SyntaxError):
        return _Use(set(), False, True)
    names: Set[str] = set()
    passed_on = False
    explained = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            target = node.func
            if isinstance(target, ast.Attribute):
                if (target.attr in ('get', 'pop', 'setdefault')
                        and _is(target.value, rest) and node.args
                        and isinstance(node.args[0], ast.Constant)):
                    names.add(str(node.args[0].value))
                    explained += 1
                if target.attr == '__init__':
                    for keyword in node.keywords:
                        if keyword.arg is None and _is(keyword.value, rest):
                            passed_on = True
                            explained += 1
        elif isinstance(node, ast.Subscript) and _is(node.value, rest):
            if isinstance(node.slice, ast.Constant):
                names.add(str(node.slice.value))
                explained += 1
        elif isinstance(node, ast.Compare) and any(
                _is(each, rest) for each in node.comparators):
            if isinstance(node.left, ast.Constant):
                names.add(str(node.left.value))
                explained += 1
    uses = sum(
        _is(node, rest) and isinstance(node.ctx, ast.Load)  # type: ignore
        for node in ast.walk(tree))
    return _Use(names, passed_on, uses > explained)


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
