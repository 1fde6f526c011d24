from mvd_mm.positions import table_of
from .encoder import encoder_state_dict, load_encoder
from .files import (check_target, naming_file, read_content, read_state_dict,
                    write_state_dict)
from .kinds import KINDS, detect_kind
from .naming import INVERSE, RULES, name_weights
from .report import LoadReport
from .rules import Rule, rename
from .strict import load_strictly
from .whole import fit_whole
from .wrappers import unwrap

__all__ = [
    'table_of', 'encoder_state_dict', 'load_encoder', 'check_target',
    'naming_file', 'read_content', 'read_state_dict', 'write_state_dict',
    'KINDS', 'detect_kind', 'INVERSE', 'RULES', 'name_weights', 'LoadReport',
    'Rule', 'rename', 'load_strictly', 'fit_whole', 'unwrap'
]
