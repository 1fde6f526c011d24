"""Masked Video Distillation as a plugin for MMAction2.

Importing the package checks the versions of the host packages, applies the
work-arounds of :mod:`mvd_mm.compat` and registers every module, so that a
config needs no more than::

    custom_imports = dict(imports=['mvd_mm'], allow_failed_imports=False)
"""
from . import compat
from .utils.host_versions import check_host_versions
from .version import __version__

check_host_versions()
compat.apply()

from . import datasets, engine, models  # noqa: E402  isort:skip

__all__ = ['__version__', 'compat', 'datasets', 'engine', 'models']
