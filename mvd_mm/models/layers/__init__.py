from .attention import FusedAttention
from .patch_embed import TubeletEmbed, token_grid
from .transformer_block import TransformerBlock, build_blocks

__all__ = [
    'FusedAttention', 'TubeletEmbed', 'token_grid', 'TransformerBlock',
    'build_blocks'
]
