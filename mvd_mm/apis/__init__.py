"""What commands and notebooks call."""
from .action_inferencer import ActionInferencer
from .attention_video import draw_attention
from .backbone import load_backbone
from .clips import clip_features, read_clip
from .command_line import add_common_arguments, build_runner, load_config
from .config_checks import (check_config, check_config_options,
                            check_module_arguments)
from .config_variables import read_config
from .exporting import export_recognizer
from .feature_extraction import extract_features
from .installed_configs import config_file
from .list_checks import check_lists
from .pretraining import build_loader, build_pretrained
from .pretraining_evaluation import evaluate, format_table
from .pretraining_pictures import draw_pretraining
from .retrieval import draw_nearest
from .run_options import merge_testing_options, merge_training_options
from .training_samples import draw_samples

__all__ = [
    'load_backbone', 'clip_features', 'read_clip', 'read_config',
    'config_file', 'add_common_arguments', 'build_runner', 'load_config',
    'check_config', 'check_config_options', 'check_lists',
    'check_module_arguments', 'build_loader', 'build_pretrained', 'evaluate',
    'format_table', 'merge_testing_options', 'merge_training_options',
    'ActionInferencer', 'draw_attention', 'draw_nearest', 'draw_pretraining',
    'draw_samples', 'export_recognizer', 'extract_features'
]
