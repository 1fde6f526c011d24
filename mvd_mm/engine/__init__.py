from .autocast_optim_wrapper import AutocastOptimWrapper
from .warmup_cosine_lr import WarmupCosineLR

__all__ = ['AutocastOptimWrapper', 'WarmupCosineLR']
