"""Helpers outside the models: versions, warnings, precision, progress."""
from .host_versions import check_host_versions, installed_version
from .known_warnings import hide_known_warnings
from .precision import fastest_dtype, matmul_rates
from .progress import Progress

__all__ = [
    'check_host_versions', 'installed_version', 'fastest_dtype',
    'hide_known_warnings', 'matmul_rates', 'Progress'
]
