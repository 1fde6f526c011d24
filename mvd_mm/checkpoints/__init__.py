from .files import detect_kind, read_state_dict, unwrap
from .loading import encoder_state_dict, load_encoder, load_strictly
from .rules import RULES, Rule, encoder_rules, rename

__all__ = [
    'detect_kind', 'read_state_dict', 'unwrap', 'encoder_state_dict',
    'load_encoder', 'load_strictly', 'RULES', 'Rule', 'encoder_rules', 'rename'
]
