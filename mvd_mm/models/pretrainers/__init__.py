from .amd import AMD
from .masked_autoencoder import MaskedAutoencoder
from .mvd import MVD

__all__ = ['AMD', 'MaskedAutoencoder', 'MVD']
