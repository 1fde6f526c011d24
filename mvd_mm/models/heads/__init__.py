from .feature_distill_head import FeatureDistillHead
from .pixel_reconstruction_head import PixelReconstructionHead

__all__ = ['FeatureDistillHead', 'PixelReconstructionHead']
