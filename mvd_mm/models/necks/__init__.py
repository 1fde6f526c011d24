from .feature_generator import FeatureGenerator
from .masked_token_decoder import MaskedTokenDecoder

__all__ = ['FeatureGenerator', 'MaskedTokenDecoder']
