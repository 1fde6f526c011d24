from .detection_data_preprocessor import DetectionDataPreprocessor
from .pretrain_data_preprocessor import PretrainDataPreprocessor
from .reversed_mixup_cutmix import ReversedMixupCutmix

__all__ = [
    'DetectionDataPreprocessor', 'PretrainDataPreprocessor',
    'ReversedMixupCutmix'
]
