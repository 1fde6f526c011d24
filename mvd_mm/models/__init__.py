from mvd_mm.utils.detection_packages import detection_fault
from .backbones import MVDVisionTransformer
from .data_preprocessors import (DetectionDataPreprocessor,
                                 PretrainDataPreprocessor, ReversedMixupCutmix)
from .heads import (AttentiveHead, FeatureDistillHead, PixelReconstructionHead,
                    RecognitionHead)
from .losses import RegressionLoss
from .necks import FeatureGenerator, MaskedTokenDecoder
from .pretrainers import AMD, MVD, MaskedAutoencoder
from .recognizers import FrozenRecognizer3D
from .teachers import (FrozenTeacher, MAEImageTeacher, MaskedVideoMAETeacher,
                       TransformersTeacher, VideoMAETeacher)

__all__ = [
    'AMD', 'FeatureGenerator', 'MaskedVideoMAETeacher', 'MVDVisionTransformer',
    'DetectionDataPreprocessor', 'PretrainDataPreprocessor',
    'ReversedMixupCutmix', 'FeatureDistillHead', 'PixelReconstructionHead',
    'RegressionLoss', 'MaskedTokenDecoder', 'MVD', 'MaskedAutoencoder',
    'FrozenTeacher', 'MAEImageTeacher', 'VideoMAETeacher', 'AttentiveHead',
    'RecognitionHead', 'FrozenRecognizer3D', 'TransformersTeacher'
]

# detection alone needs mmdet; its configs name `mvd_mm.models.roi_heads` in
# `custom_imports` and are told what is missing
if detection_fault() is None:
    from . import task_modules  # noqa: F401  registers the assigner
    from .roi_heads import MVDRoIHead, PersonScoreBBoxHead, RoIAlignExtractor3D
    __all__ += ['MVDRoIHead', 'PersonScoreBBoxHead', 'RoIAlignExtractor3D']
