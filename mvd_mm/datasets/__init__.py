from . import samplers, transforms
from .ava_clip_dataset import AVAClipDataset
from .checked_video_dataset import CheckedVideoDataset
from .person_boxes import read_person_boxes
from .repeated_aug_dataset import RepeatedAugDataset
from .seeded_dataset import SeededDataset

__all__ = [
    'AVAClipDataset', 'CheckedVideoDataset', 'read_person_boxes',
    'RepeatedAugDataset', 'SeededDataset', 'samplers', 'transforms'
]
