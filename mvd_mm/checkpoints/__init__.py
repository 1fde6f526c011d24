from .files import (check_target, naming_file, read_content, read_state_dict,
                    write_state_dict)
from .kinds import KINDS, detect_kind, table_of
from .loading import encoder_state_dict, load_encoder, load_strictly
from .naming import INVERSE, RULES, name_weights
from .report import LoadReport
from .rules import Rule, rename
from .whole import fit_whole
from .wrappers import unwrap

__all__ = [
    'fit_whole', 'check_target', 'naming_file', 'name_weights', 'read_content',
    'read_state_dict', 'unwrap', 'write_state_dict', 'KINDS', 'detect_kind',
    'table_of', 'encoder_state_dict', 'load_encoder', 'load_strictly',
    'INVERSE', 'RULES', 'LoadReport', 'Rule', 'rename'
]
