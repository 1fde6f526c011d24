from .autocast_optim_wrapper import AutocastOptimWrapper
from .run_summary_hook import RunSummaryHook
from .strict_loading_hook import StrictLoadingHook
from .warmup_cosine_lr import WarmupCosineLR

__all__ = [
    'AutocastOptimWrapper', 'RunSummaryHook', 'StrictLoadingHook',
    'WarmupCosineLR'
]
