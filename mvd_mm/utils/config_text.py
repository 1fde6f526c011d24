"""Reading the text of a config as data, without executing it."""
import ast

__all__ = ['read_literal']

_LONGEST = 2**20  # characters; a config has some ten thousand


class _DictCalls(ast.NodeTransformer):
    """Turns ``dict(a=1)`` and ``dict({'a b': 1})`` into dictionaries."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if getattr(node.func, 'id', None) == 'dict':
            if len(node.args) == 1 and not node.keywords:
                return node.args[0]
            if not node.args and all(k.arg for k in node.keywords):
                return ast.Dict([ast.Constant(k.arg) for k in node.keywords],
                                [k.value for k in node.keywords])
        return node  # refused by literal_eval


def read_literal(text: str, name: str) -> object:
    """Read one variable out of the text of a config of unknown origin.

    MMEngine's ``Config.fromstring`` would execute the text. Here nothing but
    literals and ``dict(...)`` is read.

    Args:
        text (str): E.g. what MMEngine keeps in a checkpoint's ``meta['cfg']``.
        name (str): Of the variable, e.g. 'model'.

    Raises:
        ValueError: If there is no such variable, or more than literals in it.
    """
    if len(text) > _LONGEST:
        raise ValueError(f'a text of {len(text)} characters is no config')
    try:
        for line in ast.parse(text).body:
            if isinstance(line, ast.Assign) and [
                    getattr(target, 'id', None) for target in line.targets
            ] == [name]:
                return ast.literal_eval(_DictCalls().visit(line.value))
    # nested too deeply, or not Python
    except (TypeError, SyntaxError, MemoryError, RecursionError) as error:
        raise ValueError(f'the text cannot be read: {error}') from error
    raise ValueError(f'there is no {name!r} in the text')
