"""A file fits a whole model, under whichever names, or is refused."""
import pytest
import torch
from mmengine.registry import MODELS, DefaultScope

from mvd_mm.checkpoints import fit_whole
from mvd_mm.models import MVD


@pytest.fixture
def recogniser():
    """The model of a golden classifier."""

    def build(num_classes=7, **options):
        with DefaultScope.overwrite_default_scope('mmaction'):
            return MODELS.build(
                dict(
                    type='Recognizer3D',
                    backbone=dict(
                        type='mvd_mm.MVDVisionTransformer',
                        img_size=24,
                        patch_size=8,
                        embed_dims=32,
                        depth=3,
                        num_heads=4,
                        **options),
                    cls_head=dict(
                        type='mvd_mm.RecognitionHead',
                        num_classes=num_classes,
                        in_channels=32)))

    return build


@pytest.fixture
def published(golden):
    return dict(model=golden('finetune_plain', 'model/'), epoch=74)


def test_published_classifier_fits_a_recogniser(recogniser, published):
    weights, report = fit_whole(recogniser(), published, 'a.pth')
    for ours, theirs in (('backbone.blocks.2.mlp.layers.1.bias',
                          'blocks.2.mlp.fc2.bias'), ('cls_head.fc_cls.weight',
                                                     'head.weight'),
                         ('backbone.fc_norm.bias', 'fc_norm.bias')):
        assert torch.equal(weights[ours], published['model'][theirs])
    assert report.matched == len(published['model'])
    assert 'sincos_3d (MVD: sincos_3d, VideoMAE' in str(report)


def test_own_checkpoint_of_pretraining_fits_without_teachers(mvd_cfg):
    model = MVD(**mvd_cfg())
    weights = {f'module.{k}': v for k, v in model.state_dict().items()}
    found, report = fit_whole(model, dict(state_dict=weights), 'a.pth')
    assert not report.fresh and report.matched == len(weights)
    assert set(found) == set(model.state_dict())


@pytest.mark.parametrize('key', ['head.bias', 'blocks.1.attn.q_bias'])
def test_a_missing_weight_is_named(recogniser, published, key):
    del published['model'][key]
    with pytest.raises(
            ValueError, match=f"'a.pth'.*1 missing.*"
            f"{key.split('.')[-1]}"):
        fit_whole(recogniser(), published, 'a.pth')


def test_an_unknown_weight_is_named(recogniser, published):
    published['model']['extra.weight'] = torch.ones(1)
    with pytest.raises(KeyError, match="'a.pth'.*'extra.weight'"):
        fit_whole(recogniser(), published, 'a.pth')


def test_other_classes_only_where_that_is_allowed(recogniser, published):
    model = recogniser(num_classes=5)
    with pytest.raises(ValueError, match='another shape.*fc_cls'):
        fit_whole(model, published, 'a.pth')
    own = model.cls_head.fc_cls.weight.clone()
    weights, report = fit_whole(model, published, 'a.pth', ['cls_head.'])
    assert torch.equal(weights['cls_head.fc_cls.weight'], own)
    assert 'allowed to be missing' in str(report)
    del published['model']['norm.bias' if 'norm.bias' in
                           published['model'] else 'fc_norm.bias']
    with pytest.raises(ValueError, match='norm.bias'):  # that only
        fit_whole(model, published, 'a.pth', ['cls_head.'])


def test_another_position_table_is_refused(recogniser, published):
    # once converted, a file remembers the table that goes with it
    published['meta'] = dict(pos_embed='sinusoid_1d')
    with pytest.raises(ValueError, match='sinusoid_1d.*sincos_3d'):
        fit_whole(recogniser(), published, 'a.pth')
    fit_whole(recogniser(pos_embed_type='sinusoid_1d'), published, 'a.pth')


def test_a_model_without_a_classifier_leaves_the_classifier_out(
        recogniser, published):
    model = recogniser()
    model.cls_head = torch.nn.Identity()  # as where features are probed
    weights, report = fit_whole(model, published, 'a.pth')
    assert set(weights) == set(model.state_dict())
    assert 'a part this model does not have' in str(report)


def test_a_students_encoder_fits_without_its_decoders(mvd_cfg):
    student = MVD(**mvd_cfg())
    content = dict(state_dict=student.state_dict())
    model = torch.nn.Module()
    model.backbone = student.backbone
    weights, report = fit_whole(model, content, 'a.pth')
    assert set(weights) == set(model.state_dict())
    assert 'branches.' in str(report)
