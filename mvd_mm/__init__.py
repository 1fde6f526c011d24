"""Masked Video Distillation as a plugin for MMAction2.

Importing the package checks the versions of the host packages, applies the
work-arounds of :mod:`mvd_mm.compat` and creates the registries, so that a
config needs no more than::

    custom_imports = dict(imports=['mvd_mm'], allow_failed_imports=False)

The modules themselves are imported when a config first names one of them, or
when an attribute of the package does, e.g. ``mvd_mm.load_backbone``: this
keeps the import of the package short.
"""
from importlib import import_module
from typing import Any, List

from .utils.host_versions import check_host_versions
from .utils.known_warnings import hide_known_warnings
from .version import __version__

check_host_versions()
hide_known_warnings()  # the host packages warn when they are imported

from . import compat  # noqa: E402  isort:skip

compat.apply()

from . import registry  # noqa: E402  isort:skip

_FOLDERS = ('apis', 'checkpoints', 'conversion', 'datasets', 'engine',
            'evaluation', 'models', 'positions', 'visualization')
_APIS = ('clip_features', 'config_file', 'load_backbone', 'read_clip')

__all__ = ['__version__', 'compat', 'registry', *_FOLDERS, *_APIS]


def __getattr__(name: str) -> Any:
    """Import a folder, or what users call, when it is first asked for."""
    if name in _FOLDERS:
        return import_module(f'{__name__}.{name}')
    if name in _APIS:
        return getattr(import_module(f'{__name__}.apis'), name)
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')


def __dir__() -> List[str]:
    return sorted({*globals(), *__all__})
