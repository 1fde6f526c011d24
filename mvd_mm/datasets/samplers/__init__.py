from .epoch_sampler import EpochSampler

__all__ = ['EpochSampler']
