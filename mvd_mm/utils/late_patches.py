"""Changes to a module of a host package, made when it is imported."""
import sys
from importlib.abc import MetaPathFinder
from typing import Callable, Dict, List

__all__ = ['patch_on_import']

Patch = Callable[[object], None]


class _Finder(MetaPathFinder):
    """Finds nothing itself; lets the others find, then adds the patches."""

    def __init__(self) -> None:
        self.patches: Dict[str, List[Patch]] = {}

    def find_spec(self, fullname, path=None, target=None):
        if fullname not in self.patches:
            return None
        for finder in sys.meta_path:
            if finder is self:
                continue
            spec = finder.find_spec(fullname, path, target)
            if spec is not None and spec.loader is not None:
                self._extend(spec.loader, self.patches.pop(fullname))
                return spec
        return None

    @staticmethod
    def _extend(loader, patches: List[Patch]) -> None:
        execute = loader.exec_module

        def exec_module(module) -> None:
            execute(module)
            for patch in patches:
                patch(module)

        # a loader belongs to one module
        loader.exec_module = exec_module


_FINDER = _Finder()


def patch_on_import(name: str, patch: Patch) -> None:
    """Patch a module now if it is imported already, else when it is.

    Importing it now would cost a second or two of start-up time, also where
    nothing needs it.

    Args:
        name (str): Full name of the module.
        patch (callable): Takes the module.
    """
    if name in sys.modules:
        patch(sys.modules[name])
        return
    if _FINDER not in sys.meta_path:
        sys.meta_path.insert(0, _FINDER)
    waiting = _FINDER.patches.setdefault(name, [])
    if patch not in waiting:
        waiting.append(patch)
