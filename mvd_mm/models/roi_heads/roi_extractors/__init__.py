from .roi_align_extractor_3d import RoIAlignExtractor3D

__all__ = ['RoIAlignExtractor3D']
