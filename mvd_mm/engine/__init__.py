from .autocast_optim_wrapper import AutocastOptimWrapper
from .run_summary_hook import RunSummaryHook
from .warmup_cosine_lr import WarmupCosineLR

__all__ = ['AutocastOptimWrapper', 'RunSummaryHook', 'WarmupCosineLR']
