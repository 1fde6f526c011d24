from .pretrain_data_preprocessor import PretrainDataPreprocessor

__all__ = ['PretrainDataPreprocessor']
