"""What commands and notebooks call."""
from .backbone import load_backbone
from .clips import clip_features, read_clip
from .command_line import add_common_arguments, build_runner, load_config
from .config_checks import (check_config, check_config_options,
                            check_module_arguments)
from .config_variables import read_config
from .installed_configs import config_file
from .list_checks import check_lists
from .pretraining import build_loader, build_pretrained
from .pretraining_evaluation import evaluate, format_table
from .run_options import merge_testing_options, merge_training_options

__all__ = [
    'load_backbone', 'clip_features', 'read_clip', 'read_config',
    'config_file', 'add_common_arguments', 'build_runner', 'load_config',
    'check_config', 'check_config_options', 'check_lists',
    'check_module_arguments', 'build_loader', 'build_pretrained', 'evaluate',
    'format_table', 'merge_testing_options', 'merge_training_options'
]
