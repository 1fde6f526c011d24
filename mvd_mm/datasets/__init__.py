from . import transforms
from .ava_clip_dataset import AVAClipDataset
from .checked_video_dataset import CheckedVideoDataset
from .repeated_aug_dataset import RepeatedAugDataset

__all__ = [
    'AVAClipDataset', 'CheckedVideoDataset', 'RepeatedAugDataset', 'transforms'
]
