"""What commands and notebooks call.

What training does not need, MMAction2's inferencers among it, is imported when
it is first asked for.
"""
from importlib import import_module
from typing import Any

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

# name -> its module
_DAILY = {
    'ActionInferencer': 'action_inferencer',
    'draw_attention': 'attention_video',
    'draw_feature_map': 'feature_maps',
    'draw_nearest': 'retrieval',
    'draw_pretraining': 'pretraining_pictures',
    'draw_samples': 'training_samples',
    'export_recognizer': 'exporting',
    'extract_features': 'feature_extraction',
    'read_features': 'feature_files',
}

__all__ = [
    'load_backbone', 'clip_features', 'read_clip', 'read_config',
    'config_file', 'add_common_arguments', 'build_runner', 'load_config',
    'check_config', 'check_config_options', 'check_lists',
    'check_module_arguments', 'build_loader', 'build_pretrained', 'evaluate',
    'format_table', 'merge_testing_options', 'merge_training_options', *_DAILY
]


def __getattr__(name: str) -> Any:
    """Import what is first asked for."""
    if name in _DAILY:
        return getattr(import_module(f'{__name__}.{_DAILY[name]}'), name)
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
