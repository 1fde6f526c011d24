"""Helpers that are no modules of a model: checks, precision, command line."""
from .config_checks import check_config_options, check_module_arguments
from .host_versions import check_host_versions, installed_version
from .precision import cpu_has_bfloat16, fastest_dtype

__all__ = [
    'check_config_options', 'check_module_arguments', 'check_host_versions',
    'installed_version', 'cpu_has_bfloat16', 'fastest_dtype'
]
