"""Every published weight is renamed or dropped by a rule that names it."""
from functools import partial

import pytest
import torch
from mmengine.registry import MODELS, DefaultScope

from mvd_mm.checkpoints import (RULES, Rule, detect_kind, encoder_state_dict,
                                rename)
from mvd_mm.models import MVD, MVDVisionTransformer

BASE = dict(embed_dims=768, depth=12, num_heads=12)
KINDS = {
    'mae_pretrain_base': 'mae',
    'videomae_pretrain_base': 'videomae_pretrain',
    'mvd_pretrain_base': 'mvd_pretrain',
    'mvd_pretrain_base_from_large': 'mvd_pretrain',
    'mvd_finetune_base_k400': 'vit_finetune',
}
BACKBONES = {
    'mae':
    dict(
        num_frames=1,
        tubelet_size=1,
        with_cls_token=True,
        qkv_bias='full',
        pos_embed_type='sincos_2d',
        use_mean_pooling=False),
    'videomae_pretrain':
    dict(pos_embed_type='sinusoid_1d', use_mean_pooling=False),
    'mvd_pretrain':
    dict(use_mean_pooling=False),
    'vit_finetune':
    dict(),
}


@pytest.fixture
def published(manifests):
    """Weights of a published file: names and shapes, no numbers."""

    def make(name):
        return {
            key: torch.empty(shape, device='meta')
            for key, shape in manifests[name].items()
        }

    return make


@pytest.fixture
def meta(monkeypatch):
    """Build networks of full size without memory for their weights."""
    # the rates of stochastic depth are numbers, which a meta tensor has not
    monkeypatch.setattr(torch, 'linspace',
                        partial(torch.linspace, device='cpu'))
    return torch.device('meta')


def shapes(weights):
    return {k: tuple(v.shape) for k, v in weights.items()}


def without_tables(weights, file):
    """Files of VideoMAE and of fine-tuning do not hold fixed tables."""
    return {
        k: v
        for k, v in shapes(weights).items()
        if not k.endswith('pos_embed') or k in shapes(file)
    }


class TestRename:

    RULES = [
        Rule(r'head\..*', None, 'no head here'),
        Rule(r'a\.(\d)\.(.*)', r'b.\1.\2'),
        Rule(r'a\..*', 'never'),
    ]

    def test_the_first_matching_rule_counts(self):
        renamed, dropped = rename({'a.3.x': 1, 'head.w': 2}, self.RULES)
        assert renamed == {'b.3.x': 1}
        assert dropped == {'no head here': ['head.w']}

    @pytest.mark.parametrize('key', ['xa.3.x', 'headless', 'b.3.x'])
    def test_a_rule_covers_whole_keys_and_others_are_refused(self, key):
        with pytest.raises(KeyError, match=key):
            rename({key: 1}, self.RULES)

    def test_counts_the_unknown_keys(self):
        with pytest.raises(KeyError, match='2 keys match no rule'):
            rename({'x': 1, 'y': 2, 'head.w': 3}, self.RULES)


class TestPublishedFiles:

    def test_every_published_kind_is_here(self, manifests):
        assert set(manifests) == set(KINDS)

    @pytest.mark.parametrize('name', KINDS)
    def test_kind_is_told(self, published, name):
        assert detect_kind(published(name)) == KINDS[name]

    @pytest.mark.parametrize('name', KINDS)
    def test_encoder_has_the_weights_of_the_backbone(self, published, meta,
                                                     name):
        encoder = encoder_state_dict(published(name))
        with meta:
            vit = MVDVisionTransformer(**BASE, **BACKBONES[KINDS[name]])
        assert shapes(encoder) == without_tables(vit.state_dict(), encoder)

    @pytest.mark.parametrize('name, width',
                             [('mvd_pretrain_base', 768),
                              ('mvd_pretrain_base_from_large', 1024)])
    def test_whole_pretraining_file_has_the_weights_of_mvd(
            self, published, meta, name, width):
        teacher = dict(
            img_size=224,
            patch_size=16,
            embed_dims=width,
            depth=1,
            num_heads=16)
        branches = {
            branch:
            dict(
                teacher=dict(type=f'mvd_mm.{kind}', vit=teacher),
                decoder=dict(
                    type='mvd_mm.MaskedTokenDecoder',
                    in_channels=768,
                    out_channels=width,
                    grid_size=(8, 14, 14),
                    embed_dims=768,
                    depth=2,
                    num_heads=12),
                head=dict(type='mvd_mm.FeatureDistillHead'))
            for branch, kind in (('image', 'MAEImageTeacher'),
                                 ('video', 'VideoMAETeacher'))
        }
        with meta:
            model = MVD(
                dict(
                    type='mvd_mm.MVDVisionTransformer',
                    use_mean_pooling=False,
                    **BASE), branches)
        renamed, dropped = rename(published(name), RULES['mvd_pretrain_whole'])
        assert not dropped
        assert shapes(renamed) == shapes(model.state_dict())

    def test_whole_finetuning_file_has_the_weights_of_a_recognizer(
            self, published, meta):
        with meta, DefaultScope.overwrite_default_scope('mmaction'):
            model = MODELS.build(
                dict(
                    type='mmaction.Recognizer3D',
                    backbone=dict(type='mvd_mm.MVDVisionTransformer', **BASE),
                    cls_head=dict(
                        type='mmaction.TimeSformerHead',
                        num_classes=400,
                        in_channels=768)))
        renamed, dropped = rename(
            published('mvd_finetune_base_k400'), RULES['vit_finetune_whole'])
        assert not dropped
        assert shapes(renamed) == without_tables(model.state_dict(), renamed)

    @pytest.mark.parametrize('name', KINDS)
    def test_an_unknown_weight_is_refused(self, published, name):
        weights = published(name)
        weights['blocks.0.adapter.weight'] = torch.empty(1, device='meta')
        with pytest.raises(KeyError, match='blocks.0.adapter.weight'):
            encoder_state_dict(weights)
