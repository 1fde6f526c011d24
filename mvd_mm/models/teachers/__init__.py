from .frozen_teacher import FrozenTeacher
from .image_teacher import MAEImageTeacher
from .masked_videomae_teacher import MaskedVideoMAETeacher
from .transformers_teacher import TransformersTeacher
from .video_teacher import VideoMAETeacher

__all__ = [
    'FrozenTeacher', 'MAEImageTeacher', 'MaskedVideoMAETeacher',
    'TransformersTeacher', 'VideoMAETeacher'
]
