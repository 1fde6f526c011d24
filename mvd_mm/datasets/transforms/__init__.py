from .ava_video_frames import AVAVideoFrames
from .box_aware_random_crop import BoxAwareRandomCrop
from .checked_decord_init import CheckedDecordInit
from .clip_hsv_jitter import ClipHSVJitter
from .clip_rand_augment import ClipRandAugment
from .clip_random_erasing import ClipRandomErasing
from .clip_random_resized_crop import ClipRandomResizedCrop
from .floored_resize import FlooredResize
from .format_views import FormatViews
from .in_memory_decord_init import InMemoryDecordInit
from .jitter_boxes import JitterBoxes
from .masking import RandomMasking, TubeMasking
from .nested_tube_masking import NestedTubeMasking
from .pretrain_sample_frames import PretrainSampleFrames
from .sample_ava_clip import SampleAVAClip
from .segment_sample_frames import SegmentSampleFrames
from .strided_sample_frames import StridedSampleFrames
from .three_crop_views import ThreeCropViews
from .two_resolution_resize import TwoResolutionResize

__all__ = [
    'CheckedDecordInit', 'AVAVideoFrames', 'BoxAwareRandomCrop',
    'ClipHSVJitter', 'JitterBoxes', 'ClipRandAugment', 'ClipRandomErasing',
    'ClipRandomResizedCrop', 'FlooredResize', 'FormatViews',
    'InMemoryDecordInit', 'NestedTubeMasking', 'PretrainSampleFrames',
    'RandomMasking', 'SampleAVAClip', 'SegmentSampleFrames',
    'StridedSampleFrames', 'ThreeCropViews', 'TubeMasking',
    'TwoResolutionResize'
]
