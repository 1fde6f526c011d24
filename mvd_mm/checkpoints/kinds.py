"""Telling what a file is from its keys and shapes."""
from typing import Dict, Optional

from torch import Tensor

from mvd_mm.positions import POSITION_TABLES, table_of

__all__ = [
    'AMD_PROJECTIONS', 'KINDS', 'PATCH_EMBED', 'TABLE_OF_KIND', 'detect_kind',
    'table_for'
]

#: kind of file -> what it is
KINDS: Dict[str, str] = {
    'ours': 'names of mvd_mm',
    'mmaction': "MMAction2's VisionTransformer (VideoMAE)",
    'mvd_pretrain': 'MVD, pre-trained, as published',
    'vit_finetune': 'MVD or VideoMAE, fine-tuned, as published',
    'videomae_pretrain': 'VideoMAE, pre-trained, as published',
    'amd_pretrain': 'AMD, pre-trained, as published',
    'mae': 'MAE, encoder alone or with its decoder, as published',
    'huggingface': "VideoMAE in Hugging Face's naming",
}
#: weight that is in every file -> kind of file; the first that is found counts
PATCH_EMBED: Dict[str, str] = {
    'backbone.patch_embed.projection.weight': 'ours',
    'patch_embed.projection.weight': 'ours',
    'videomae.embeddings.patch_embeddings.projection.weight': 'huggingface',
    'encoder.patch_embed.proj.weight': 'videomae_pretrain',
    'patch_embed.proj.weight': 'vit_finetune',
}
#: kind of file -> the position table that always goes with its weights
TABLE_OF_KIND: Dict[str, str] = {
    'mvd_pretrain': 'sincos_3d',
    'videomae_pretrain': 'sinusoid_1d',
    'amd_pretrain': 'sinusoid_1d',
    'huggingface': 'sinusoid_1d',
    'mae': 'sincos_2d',
}
#: what AMD's files have and VideoMAE's have not, within the encoder
AMD_PROJECTIONS = 'encoder.projection_heads.'


def detect_kind(state_dict: Dict[str, Tensor]) -> str:
    """Tell the kind of a file, a key of :data:`KINDS`.

    Fine-tuned files of MVD and of VideoMAE have the same keys and hold no
    position table: they are one kind, 'vit_finetune'. This package uses
    MMAction2's names: a file is MMAction2's if its table is VideoMAE's.

    Args:
        state_dict (dict): Weights by their published names.

    Returns:
        str: A key of :data:`KINDS`.

    Raises:
        ValueError: If it is none of them; names some keys found.
    """
    key = next((key for key in PATCH_EMBED if key in state_dict), None)
    if key is None:
        raise ValueError(
            'the kind of this checkpoint is not known: neither MVD, VideoMAE, '
            'MAE, MMAction2, Hugging Face nor one of this package; it holds '
            f'{sorted(state_dict)[:5]} ...')
    kind = PATCH_EMBED[key]
    if kind == 'videomae_pretrain' and any(
            k.startswith(AMD_PROJECTIONS) for k in state_dict):
        return 'amd_pretrain'
    if kind == 'ours':
        table = state_dict.get(key.split('patch_embed')[0] + 'pos_embed')
        if table is not None and table_of(table) == 'sinusoid_1d' and not any(
                k.startswith(('branches.', 'decoder.', 'projections.'))
                for k in state_dict):
            return 'mmaction'
    if kind == 'vit_finetune':
        if state_dict[key].ndim == 4:
            return 'mae'
        if 'mask_token_img' in state_dict or 'mask_token_vid' in state_dict:
            return 'mvd_pretrain'
    return kind


def table_for(kind: str, meta: object) -> Optional[str]:
    """The table that goes with a file's weights, by its kind or its word."""
    stated = meta.get('pos_embed') if isinstance(meta, dict) else None
    return TABLE_OF_KIND.get(kind) or next(
        (table for table in POSITION_TABLES if table == stated), None)
