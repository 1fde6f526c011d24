from . import transforms
from .checked_video_dataset import CheckedVideoDataset

__all__ = ['CheckedVideoDataset', 'transforms']
