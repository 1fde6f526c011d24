"""What is wrong with a config is told before anything is built."""
from .check import check_config
from .modules import check_module_arguments
from .options import check_config_options, merge_options
from .sections import check_needed, runner_keys

__all__ = [
    'check_config', 'check_config_options', 'check_module_arguments',
    'check_needed', 'merge_options', 'runner_keys'
]
