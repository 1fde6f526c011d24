from .attention import FusedAttention
from .patch_embed import TubeletEmbed, token_grid
from .position_embedding import (POSITION_TABLES, build_position_table,
                                 identify_table, resize_position_table,
                                 sincos_2d, sincos_3d, sinusoid_1d)
from .position_fitting import fit_position_table
from .transformer_block import TransformerBlock, build_blocks

__all__ = [
    'FusedAttention', 'TubeletEmbed', 'token_grid', 'POSITION_TABLES',
    'build_position_table', 'identify_table', 'resize_position_table',
    'sincos_2d', 'sincos_3d', 'sinusoid_1d', 'fit_position_table',
    'TransformerBlock', 'build_blocks'
]
