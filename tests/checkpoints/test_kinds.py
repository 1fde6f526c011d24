"""Kinds are told by keys and shapes, tables by their values."""
import pytest
import torch

from mvd_mm.checkpoints import detect_kind, table_of, unwrap
from mvd_mm.positions import build_position_table

CLIP, FRAME = torch.ones(32, 3, 2, 8, 8), torch.ones(32, 3, 8, 8)
TABLES = ['sincos_3d', 'sinusoid_1d', 'sincos_2d']


def table(kind):
    return build_position_table(kind, 32, (2, 4, 4))


@pytest.mark.parametrize('keys, kind', [
    ({
        'backbone.patch_embed.projection.weight': CLIP
    }, 'ours'),
    ({
        'patch_embed.projection.weight': CLIP
    }, 'ours'),
    ({
        'patch_embed.projection.weight': CLIP,
        'pos_embed': table('sincos_3d')
    }, 'ours'),
    ({
        'patch_embed.projection.weight': CLIP,
        'pos_embed': table('sinusoid_1d')
    }, 'mmaction'),
    ({
        'backbone.patch_embed.projection.weight': CLIP,
        'decoder.mask_token': CLIP,
        'backbone.pos_embed': table('sinusoid_1d')
    }, 'ours'),
    ({
        'patch_embed.proj.weight': FRAME
    }, 'mae'),
    ({
        'encoder.patch_embed.proj.weight': FRAME
    }, 'mae'),
    ({
        'patch_embed.proj.weight': CLIP
    }, 'vit_finetune'),
    ({
        'encoder.patch_embed.proj.weight': CLIP
    }, 'videomae_pretrain'),
    ({
        'encoder.patch_embed.proj.weight': CLIP,
        'encoder.fc_norm.bias': CLIP
    }, 'vit_finetune'),
    ({
        'encoder.patch_embed.proj.weight': CLIP,
        'mask_token_img': CLIP
    }, 'mvd_pretrain'),
    ({
        'backbone.patch_embed.proj.weight': CLIP,
        'mask_token_vid': CLIP
    }, 'mvd_pretrain'),
    ({
        'videomae.embeddings.patch_embeddings.projection.weight': CLIP
    }, 'huggingface'),
    ({
        'embeddings.patch_embeddings.projection.weight': CLIP
    }, 'huggingface'),
])
@pytest.mark.parametrize('prefix', ['', 'module.', '_orig_mod.module.'])
def test_kinds(keys, kind, prefix):
    weights = unwrap({'model': {prefix + k: v for k, v in keys.items()}})
    assert detect_kind(weights) == kind


@pytest.mark.parametrize('kind', TABLES)
@pytest.mark.parametrize('extra', [0, 1])
def test_tables_with_and_without_a_class_token(kind, extra):
    rows = [torch.zeros(1, 1, 32)] * extra + [table(kind)]
    assert table_of(torch.cat(rows, dim=1)) == kind


def test_other_tables_are_unknown():
    assert table_of(torch.randn(1, 32, 32)) == 'unknown'
    assert table_of(torch.empty(1, 32, 32, device='meta')) == 'unknown'
