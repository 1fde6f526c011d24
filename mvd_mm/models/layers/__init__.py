from .attention import FusedAttention
from .patch_embed import TubeletEmbed, token_grid
from .transformer_block import (TransformerBlock, block_outputs, build_blocks,
                                check_layers)

__all__ = [
    'FusedAttention', 'TubeletEmbed', 'token_grid', 'TransformerBlock',
    'block_outputs', 'build_blocks', 'check_layers'
]
