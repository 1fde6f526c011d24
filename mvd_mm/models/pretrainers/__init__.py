from .masked_autoencoder import MaskedAutoencoder
from .mvd import MVD

__all__ = ['MaskedAutoencoder', 'MVD']
