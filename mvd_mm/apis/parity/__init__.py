"""What ``check_parity.py`` knows of a case, apart from comparing."""
from .case import Case, read_case
from .configs import finetune_cfg, pretrain_cfg

__all__ = ['Case', 'read_case', 'finetune_cfg', 'pretrain_cfg']
