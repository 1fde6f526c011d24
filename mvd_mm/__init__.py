"""Masked Video Distillation as a plugin for MMAction2.

Importing the package checks the versions of the host packages, applies the
work-arounds of :mod:`mvd_mm.compat` and registers every module, so that a
config needs no more than::

    custom_imports = dict(imports=['mvd_mm'], allow_failed_imports=False)
"""
from .utils import check_host_versions, hide_known_warnings
from .version import __version__

check_host_versions()
hide_known_warnings()  # the host packages warn when they are imported

from . import compat  # noqa: E402  isort:skip

compat.apply()

# after the work-arounds, because these import mmaction.models
from . import datasets, engine, evaluation, models  # noqa: E402  isort:skip

__all__ = [
    '__version__', 'compat', 'datasets', 'engine', 'evaluation', 'models'
]
