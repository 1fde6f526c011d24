from mvd_mm.positions import table_of
from mvd_mm.utils import file_limits as limits
from mvd_mm.utils.weight_files import (check_target, read_content,
                                       write_state_dict)
from .encoder import encoder_state_dict, load_encoder
from .files import naming_file, read_state_dict
from .kinds import KINDS, detect_kind
from .naming import INVERSE, RULES, name_weights
from .report import LoadReport
from .rules import Rule, rename
from .strict import load_strictly
from .whole import fit_whole
from .wrappers import unwrap

__all__ = [
    'limits', 'table_of', 'encoder_state_dict', 'load_encoder', 'check_target',
    'naming_file', 'read_content', 'read_state_dict', 'write_state_dict',
    'KINDS', 'detect_kind', 'INVERSE', 'RULES', 'name_weights', 'LoadReport',
    'Rule', 'rename', 'load_strictly', 'fit_whole', 'unwrap'
]
