"""Helpers outside the models: versions, operators, precision, progress."""
from .host_versions import check_host_versions, installed_version
from .known_warnings import hide_known_warnings
from .mmcv_operators import (MissingOperatorError, operators_are_compiled,
                             stand_in_for_operators)
from .precision import fastest_dtype, matmul_rates
from .progress import Progress
from .roi_align import roi_align

__all__ = [
    'check_host_versions', 'installed_version', 'fastest_dtype',
    'hide_known_warnings', 'matmul_rates', 'MissingOperatorError',
    'operators_are_compiled', 'stand_in_for_operators', 'Progress', 'roi_align'
]
