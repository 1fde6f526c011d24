"""Shapes tell which model a file is of."""
import pytest
import torch

from mvd_mm.checkpoints import name_weights
from mvd_mm.conversion import describe

SIZES = dict(
    small=('S', 384, 12),
    base=('B', 768, 12),
    large=('L', 1024, 24),
    huge=('H', 1280, 32))


@pytest.fixture
def student(golden):
    return name_weights(golden('pretrain_plain', 'student/'))[0]


# MAE published no small one
@pytest.mark.parametrize('stage, size', [
    (stage, size) for size in SIZES
    for stage in ('mvd_pretrain', 'mvd_finetune', 'videomae_pretrain',
                  'mae_pretrain') if (stage, size) != ('mae_pretrain', 'small')
])
def test_published_files_at_full_size(published, stage, size):
    name = f'{stage}_{size}' + '_k400' * (stage == 'mvd_finetune')
    weights, kind, _ = name_weights(published(name))
    letter, width, depth = SIZES[size]
    mae, finetune = kind == 'mae', kind == 'vit_finetune'
    side = 14 if mae and size == 'huge' else 16
    model = describe(weights)
    assert model.name == f'ViT-{letter}/{side}'
    assert (model.embed_dims, model.depth) == (width, depth)
    assert (model.patch_size, model.tubelet_size) == (side, 1 if mae else 2)
    assert model.mlp_ratio == 4 and not model.layer_scale
    assert model.qkv_bias == ('full' if mae else True)
    assert model.closing == ('fc_norm' if finetune else 'norm')
    assert model.num_classes == (400 if finetune else None)
    assert model.table == dict(
        mae='sincos_2d', mvd_pretrain='sincos_3d').get(kind, 'none')
    if kind == 'mvd_pretrain':
        narrow = dict(large=(512, 4), huge=(640, 8)).get(size, (width, 2))
        teacher = 768 if size in ('small', 'base') else width
        assert model.decoders == {
            f'branches.{branch}.decoder.': (*narrow, teacher)
            for branch in ('image', 'video')
        }
    elif kind == 'videomae_pretrain':
        assert set(model.decoders) == {'decoder.'}
        assert model.decoders['decoder.'][2] == 1536
    else:
        assert model.decoders == {}


def test_sizes_of_ones_own_have_no_letter(student):
    model = describe(student)
    assert model.name == 'ViT' and model.embed_dims == 32
    assert model.tubelet_size == 2 and model.patch_size == 8
    assert model.decoders['branches.image.decoder.'] == (32, 2, 16)


@pytest.mark.parametrize('lost', ['mask_token', 'proj_in.weight'])
def test_width_of_a_decoder_is_told_twice(student, lost):
    del student[f'branches.image.decoder.{lost}']
    assert describe(student).decoders['branches.image.decoder.'][0] == 32


@pytest.mark.parametrize('key, value, message', [
    ('backbone.patch_embed.projection.weight', None, 'lacks.*projection'),
    ('backbone.blocks.0.mlp.layers.0.0.weight', None, 'lacks.*mlp'),
    ('backbone.patch_embed.projection.weight', torch.ones(
        2, 3), r'shape \(2, 3\), not 5'),
    ('backbone.patch_embed.projection.weight', torch.ones(0, 3, 2, 8,
                                                          8), r'shape \(0, 3'),
    ('backbone.blocks.x.norm1.bias', torch.ones(1), "'x' is not the number"),
    ('backbone.blocks.99999.norm1.bias', torch.ones(1), 'not the number'),
    ('backbone.blocks.900.norm1.bias', torch.ones(1), 'run to number 900'),
])
def test_what_no_model_is_of_is_named(student, key, value, message):
    if value is None:
        del student[key]
    else:
        student[key] = value
    with pytest.raises(ValueError, match=message):
        describe(student)
