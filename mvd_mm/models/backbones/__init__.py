from .mvd_vit import MVDVisionTransformer

__all__ = ['MVDVisionTransformer']
