from .roi_align import roi_align
from .roi_align_extractor_3d import RoIAlignExtractor3D

__all__ = ['roi_align', 'RoIAlignExtractor3D']
