"""Helpers outside the models: versions, warnings, precision, progress."""
from .host_versions import check_host_versions, installed_version
from .known_warnings import hide_known_warnings
from .precision import cpu_has_bfloat16, fastest_dtype
from .progress import Progress

__all__ = [
    'check_host_versions', 'installed_version', 'cpu_has_bfloat16',
    'fastest_dtype', 'hide_known_warnings', 'Progress'
]
