from .frozen_teacher import FrozenTeacher
from .image_teacher import MAEImageTeacher
from .video_teacher import VideoMAETeacher

__all__ = ['FrozenTeacher', 'MAEImageTeacher', 'VideoMAETeacher']
