"""Helpers that are no modules of a model: versions, precision, progress."""
from .host_versions import check_host_versions, installed_version
from .precision import fastest_dtype, matmul_rates
from .progress import Progress

__all__ = [
    'check_host_versions', 'installed_version', 'fastest_dtype',
    'matmul_rates', 'Progress'
]
