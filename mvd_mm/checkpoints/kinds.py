"""Telling what a file is from its keys and shapes."""
from typing import Dict

from torch import Tensor

from mvd_mm.positions import identify_table

__all__ = ['KINDS', 'TABLE_OF_KIND', 'detect_kind', 'table_of']

#: kind of file -> what it is
KINDS: Dict[str, str] = {
    'ours': 'names of mvd_mm',
    'mmaction': "MMAction2's VisionTransformer (VideoMAE)",
    'mvd_pretrain': 'MVD, pre-trained, as published',
    'vit_finetune': 'MVD or VideoMAE, fine-tuned, as published',
    'videomae_pretrain': 'VideoMAE, pre-trained, as published',
    'mae': 'MAE, encoder alone or with its decoder, as published',
    'huggingface': "VideoMAE in Hugging Face's naming",
}
#: kind of file -> the position table that always goes with its weights
TABLE_OF_KIND: Dict[str, str] = {
    'mvd_pretrain': 'sincos_3d',
    'videomae_pretrain': 'sinusoid_1d',
    'huggingface': 'sinusoid_1d',
    'mae': 'sincos_2d',
}


def detect_kind(state_dict: Dict[str, Tensor]) -> str:
    """Tell the kind of a file from its keys and shapes.

    Fine-tuned files of MVD and of VideoMAE have the same keys and hold no
    position table: they are one kind, 'vit_finetune'. This package uses
    MMAction2's names: a file is MMAction2's if its table is VideoMAE's.

    Returns:
        str: A key of :data:`KINDS`.

    Raises:
        ValueError: If it is none of them; names some keys found.
    """
    for prefix in ('backbone.', ''):
        if f'{prefix}patch_embed.projection.weight' in state_dict:
            pretraining = any(
                k.startswith(('branches.', 'decoder.')) for k in state_dict)
            table = state_dict.get(f'{prefix}pos_embed')
            videomae = table is not None and table_of(table) == 'sinusoid_1d'
            return 'mmaction' if videomae and not pretraining else 'ours'
    if 'videomae.embeddings.patch_embeddings.projection.weight' in state_dict:
        return 'huggingface'
    if 'encoder.patch_embed.proj.weight' in state_dict:
        return 'videomae_pretrain'
    if 'patch_embed.proj.weight' in state_dict:
        if state_dict['patch_embed.proj.weight'].ndim == 4:
            return 'mae'
        if 'mask_token_img' in state_dict or 'mask_token_vid' in state_dict:
            return 'mvd_pretrain'
        return 'vit_finetune'
    raise ValueError(
        'the kind of this checkpoint is not known: neither MVD, VideoMAE, MAE,'
        ' MMAction2, Hugging Face nor one of this package; it holds '
        f'{sorted(state_dict)[:5]} ...')


def table_of(table: Tensor) -> str:
    """Tell by value which position table this is.

    Args:
        table (Tensor): Shape (1, L, D), a class token's row of zeros first
            or not.

    Returns:
        str: 'sincos_3d', 'sinusoid_1d', 'sincos_2d' or 'unknown' (learned,
        resized, or without values).
    """
    if table.is_meta or table.ndim != 3:
        return 'unknown'
    if table.shape[1] > 1 and not table[:, 0].any():
        table = table[:, 1:]
    return identify_table(table)[0] or 'unknown'
