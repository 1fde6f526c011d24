from .backbones import MVDVisionTransformer
from .data_preprocessors import PretrainDataPreprocessor
from .heads import FeatureDistillHead, PixelReconstructionHead
from .losses import RegressionLoss
from .necks import MaskedTokenDecoder
from .pretrainers import MVD, MaskedAutoencoder
from .teachers import FrozenTeacher, MAEImageTeacher, VideoMAETeacher

__all__ = [
    'MVDVisionTransformer', 'PretrainDataPreprocessor', 'FeatureDistillHead',
    'PixelReconstructionHead', 'RegressionLoss', 'MaskedTokenDecoder', 'MVD',
    'MaskedAutoencoder', 'FrozenTeacher', 'MAEImageTeacher', 'VideoMAETeacher'
]
