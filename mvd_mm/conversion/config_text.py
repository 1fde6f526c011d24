"""Reading the config that a run keeps beside its weights, as data."""
import ast
from typing import Any

__all__ = ['read_model_config']


class _DictCalls(ast.NodeTransformer):
    """``dict(a=1)`` and ``dict({'a b': 1})`` as ``{'a': 1}``, ``{'a b': 1}``.
    """

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if getattr(node.func, 'id', None) != 'dict':
            return node  # refused by literal_eval
        if len(node.args) == 1 and not node.keywords:
            return node.args[0]
        if node.args or not all(k.arg for k in node.keywords):
            return node
        return ast.Dict([ast.Constant(k.arg) for k in node.keywords],
                        [k.value for k in node.keywords])


def read_model_config(meta: object) -> dict:
    """Read ``model = dict(...)`` out of the text of a config.

    The text comes from a file of unknown origin. MMEngine's
    ``Config.fromstring`` would execute it, and a registry would import what a
    ``type`` names. Here nothing but literals and ``dict(...)`` is read.

    Args:
        meta (dict, optional): With the text under 'cfg', as MMEngine keeps it.

    Returns:
        dict: Empty if there is no such text, or more than literals in it.
    """
    text = meta.get('cfg') if isinstance(meta, dict) else None
    try:
        for line in ast.parse(str(text)).body:
            if isinstance(line, ast.Assign) and [
                    getattr(target, 'id', None) for target in line.targets
            ] == ['model']:
                value: Any = ast.literal_eval(_DictCalls().visit(line.value))
                return value if isinstance(value, dict) else {}
    # nested too deeply, or none of Python
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        pass
    return {}
