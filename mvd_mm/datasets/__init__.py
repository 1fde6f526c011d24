from . import samplers, transforms
from .ava_clip_dataset import AVAClipDataset
from .checked_video_dataset import CheckedVideoDataset
from .repeated_aug_dataset import RepeatedAugDataset
from .seeded_dataset import SeededDataset

__all__ = [
    'AVAClipDataset', 'CheckedVideoDataset', 'RepeatedAugDataset',
    'SeededDataset', 'samplers', 'transforms'
]
