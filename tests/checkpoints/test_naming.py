"""Every published file loads into its full-size model, and comes back."""
from pathlib import Path
from unittest import mock

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import MODELS, DefaultScope

from mvd_mm.checkpoints import (INVERSE, RULES, detect_kind, load_encoder,
                                load_strictly, name_weights, read_state_dict,
                                rename)
from mvd_mm.checkpoints.values import from_ours
from mvd_mm.models import MVDVisionTransformer

BASES = Path(__file__).parents[2] / 'configs' / '_base_' / 'models'
SIZES = dict(
    small=dict(embed_dims=384, depth=12, num_heads=6),
    base=dict(embed_dims=768, depth=12, num_heads=12),
    large=dict(embed_dims=1024, depth=24, num_heads=16),
    huge=dict(embed_dims=1280, depth=32, num_heads=16))
PRETRAIN = {
    'mvd_pretrain_small': 'mvd_vit-small-p16_teachers-base',
    'mvd_pretrain_small_from_large': 'mvd_vit-small-p16_teachers-large',
    'mvd_pretrain_base': 'mvd_vit-base-p16_teachers-base',
    'mvd_pretrain_base_from_large': 'mvd_vit-base-p16_teachers-large',
    'mvd_pretrain_large': 'mvd_vit-large-p16_teachers-large',
    'mvd_pretrain_huge': 'mvd_vit-huge-p16_teachers-huge',
    **{
        f'videomae_pretrain_{size}': f'videomae_vit-{size}-p16'
        for size in SIZES
    }
}
FINETUNE = [f'mvd_finetune_{size}_k400' for size in SIZES]
MAE = [f'mae_pretrain_{size}' for size in ('base', 'large', 'huge')]
KINDS = {
    **{
        name: name.split('_')[0] + '_pretrain'
        for name in PRETRAIN
    },
    **dict.fromkeys(FINETUNE, 'vit_finetune'),
    **dict.fromkeys(MAE, 'mae')
}
EXPECTED_NEW = 'fixed position tables, which the model builds itself'

# a model without memory takes the shapes, not the numbers
pytestmark = pytest.mark.filterwarnings('ignore:.*no-op.*:UserWarning')


def build(cfg):
    linspace = torch.linspace
    with DefaultScope.overwrite_default_scope('mmaction'), torch.device(
            'meta'), mock.patch(
                'torch.linspace',
                lambda *a, **k: linspace(*a, **{
                    **k, 'device': 'cpu'
                })):
        return MODELS.build(cfg)


def backbone(**options):
    with torch.device('meta'):
        return MVDVisionTransformer(**options)


def test_every_published_file_is_here(manifests):
    assert set(manifests) == set(KINDS) == {*PRETRAIN, *FINETUNE, *MAE}


@pytest.mark.parametrize('name', KINDS)
def test_there_and_back_is_the_same_file(published, name):
    weights = published(name)
    assert detect_kind(weights) == KINDS[name]
    ours, kind, dropped = name_weights(weights)
    assert not dropped and len(ours) == len(weights)
    back, lost = rename(ours, INVERSE[kind])
    back = from_ours(back, kind)
    assert not lost and set(back) == set(weights)
    for key, value in weights.items():
        assert back[key].shape == value.shape
        if 'pos_embed' in key:
            assert (back[key] == value).all()
        else:  # one number, spread over the shape
            assert back[key].flatten()[0] == value.flatten()[0]


@pytest.mark.parametrize('name', PRETRAIN)
def test_pretraining_file_fills_the_whole_model(published, save, name):
    path = save(published(name))
    model = build(Config.fromfile(BASES / f'{PRETRAIN[name]}.py').model)
    weights, _, dropped = name_weights(read_state_dict(path))
    report = load_strictly(model, weights, source=path)
    assert not dropped and report.matched == len(weights)
    assert set(report.fresh) <= {EXPECTED_NEW}
    if name.startswith('mvd'):
        assert not report.fresh


@pytest.mark.parametrize('name', FINETUNE)
def test_finetuning_file_fills_a_recogniser(published, save, name):
    path, size = save(published(name)), SIZES[name.split('_')[2]]
    model = build(
        dict(
            type='mmaction.Recognizer3D',
            backbone=dict(type='mvd_mm.MVDVisionTransformer', **size),
            cls_head=dict(
                type='mmaction.TimeSformerHead',
                num_classes=400,
                in_channels=size['embed_dims'])))
    weights, _, dropped = name_weights(read_state_dict(path))
    report = load_strictly(model, weights, source=path)
    assert not dropped and report.matched == len(weights)
    assert report.fresh == {EXPECTED_NEW: ['backbone.pos_embed']}


# a teacher has the norm of pre-training
@pytest.mark.parametrize('name, form',
                         [(name, form) for name in (*PRETRAIN, *FINETUNE)
                          for form in ('recogniser', 'detector', 'teacher')
                          if form != 'teacher' or name in PRETRAIN])
def test_encoder_fills_a_backbone(published, save, name, form):
    videomae = KINDS[name] == 'videomae_pretrain'
    vit = backbone(
        use_mean_pooling=form == 'recogniser',
        return_feat_map=form == 'detector',
        pos_embed_type='sinusoid_1d' if videomae else 'sincos_3d',
        **SIZES[name.split('_')[2]])
    report = load_encoder(vit, save(published(name)))
    other_norm = (form == 'recogniser') != (name in FINETUNE)
    explained = sum(report.dropped.values(), [])
    assert report.matched + len(explained) == len(published(name))
    assert ('norm.bias' in explained
            or 'fc_norm.bias' in explained) == other_norm
    new = sorted(sum(report.fresh.values(), []))
    norm = 'fc_norm.' if form == 'recogniser' else 'norm.'
    assert [k for k in new if k != 'pos_embed'
            ] == ([f'{norm}bias', f'{norm}weight'] if other_norm else [])


@pytest.mark.parametrize('name', MAE)
def test_mae_file_fills_an_image_teacher(published, save, name):
    huge = name.endswith('huge')
    vit = backbone(
        img_size=196 if huge else 224,
        patch_size=14 if huge else 16,
        num_frames=1,
        tubelet_size=1,
        with_cls_token=True,
        qkv_bias='full',
        pos_embed_type='sincos_2d',
        use_mean_pooling=False,
        **SIZES[name.split('_')[2]])
    report = load_encoder(vit, save(published(name)))
    assert report.matched == len(published(name)) and not report.fresh
    # H/14 was trained at 224 pixels: 16 x 16 patches instead of 14 x 14
    assert report.reshaped == (['pos_embed: (1, 257, 1280) to (1, 197, 1280)']
                               if huge else [])


@pytest.mark.parametrize('name', KINDS)
def test_an_unknown_weight_is_refused(published, name):
    weights = published(name)
    weights['blocks.0.adapter.weight'] = torch.ones(1)
    with pytest.raises(KeyError, match='blocks.0.adapter.weight'):
        name_weights(weights)


def test_no_rule_reaches_beyond_whole_keys():
    for rules in RULES.values():
        with pytest.raises(KeyError):
            rename({'x.patch_embed.projection.weightx': 1}, rules)


def test_a_random_teacher_of_a_run_is_dropped_with_the_reason():
    weights = {
        'backbone.patch_embed.projection.weight': torch.ones(8, 3, 2, 4, 4),
        'branches.video.decoder.mask_token': torch.ones(1, 1, 4),
        'branches.video.teacher.vit.norm.weight': torch.ones(8),
    }
    named, kind, dropped = name_weights(weights)
    assert kind == 'ours'
    assert sorted(named) == sorted(weights)[:2]
    (reason, keys), = dropped.items()
    assert 'random teacher' in reason
    assert keys == ['branches.video.teacher.vit.norm.weight']
