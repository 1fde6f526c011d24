from .attention import FusedAttention
from .fused_mlp import FusedMLP
from .linear import Linear
from .patch_embed import TubeletEmbed, token_grid
from .token_split import TokenSplit, split_tokens, take_tokens
from .transformer_block import (TransformerBlock, block_outputs, build_blocks,
                                check_layers)

__all__ = [
    'FusedAttention', 'FusedMLP', 'Linear', 'TubeletEmbed', 'token_grid',
    'TokenSplit', 'split_tokens', 'take_tokens', 'TransformerBlock',
    'block_outputs', 'build_blocks', 'check_layers'
]
