"""Helpers that are no modules of a model: versions, precision, progress."""
from .host_versions import check_host_versions, installed_version
from .precision import cpu_has_bfloat16, fastest_dtype
from .progress import Progress

__all__ = [
    'check_host_versions', 'installed_version', 'cpu_has_bfloat16',
    'fastest_dtype', 'Progress'
]
