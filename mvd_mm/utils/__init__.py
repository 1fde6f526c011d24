"""Helpers that are no modules of a model: versions, precision, progress."""
from .host_versions import check_host_versions, installed_version
from .mmcv_operators import (MissingOperatorError, operators_are_compiled,
                             stand_in_for_operators)
from .precision import cpu_has_bfloat16, fastest_dtype
from .progress import Progress
from .roi_align import roi_align

__all__ = [
    'check_host_versions', 'installed_version', 'cpu_has_bfloat16',
    'fastest_dtype', 'MissingOperatorError', 'operators_are_compiled',
    'stand_in_for_operators', 'Progress', 'roi_align'
]
