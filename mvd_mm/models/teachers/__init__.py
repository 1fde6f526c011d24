from .frozen_teacher import FrozenTeacher
from .image_teacher import MAEImageTeacher
from .transformers_teacher import TransformersTeacher
from .video_teacher import VideoMAETeacher

__all__ = [
    'FrozenTeacher', 'MAEImageTeacher', 'TransformersTeacher',
    'VideoMAETeacher'
]
