"""Comparing this implementation with numbers of the published one."""
from .case import Case, read_case
from .comparison import check_case, compare
from .configs import finetune_cfg, pretrain_cfg, stage1_cfg

__all__ = [
    'Case', 'read_case', 'check_case', 'compare', 'finetune_cfg',
    'pretrain_cfg', 'stage1_cfg'
]
