from .attentive_head import AttentiveHead
from .feature_distill_head import FeatureDistillHead
from .pixel_reconstruction_head import PixelReconstructionHead
from .recognition_head import RecognitionHead

__all__ = [
    'AttentiveHead', 'FeatureDistillHead', 'PixelReconstructionHead',
    'RecognitionHead'
]
