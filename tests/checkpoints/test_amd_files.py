"""AMD's files: the layout is known from a description alone.

VideoMAE's, with two projections within the encoder, and two generators of
blocks and an unused norm, whose names are not known.
"""
import pytest
import torch

from mvd_mm.checkpoints import (detect_kind, load_encoder, name_weights,
                                read_state_dict)
from mvd_mm.conversion import convert
from mvd_mm.models import MaskedAutoencoder, MVDVisionTransformer
from mvd_mm.registry import MODELS


@pytest.fixture
def student(amd_cfg, vit_cfg, randomise, tmp_path):
    """A VideoMAE, its published form, and its parts as AMD names them."""
    cfg = amd_cfg()
    model = randomise(
        MaskedAutoencoder(cfg['backbone'], cfg['decoder'], cfg['head']))
    torch.save(dict(state_dict=model.state_dict()), tmp_path / 'videomae.pth')
    convert(
        str(tmp_path / 'videomae.pth'), str(tmp_path / 'published.pth'),
        'videomae_pretrain')
    return model, read_state_dict(str(tmp_path / 'published.pth'))


def with_alignment(weights, names):
    """Add projections and generators, which ``names`` calls something."""
    found = dict(weights)
    for number in range(2):
        key = f'encoder.projection_heads.{number}.weight'
        found[key] = torch.randn(48, 32)
        for block in range(2):
            for name, shape in (('norm1.weight', (48, )), ('attn.q_bias',
                                                           (48, )),
                                ('attn.qkv.weight',
                                 (144, 48)), ('mlp.fc1.bias', (192, ))):
                prefix = names.format(number)
                found[f'{prefix}.blocks.{block}.{name}'] = torch.randn(shape)
        found[f'{names.format(number)}.norm.bias'] = torch.randn(48)
    return found


@pytest.fixture(params=['generators.{}', 'generator_{}', 'feat_decoders.{}.g'])
def names(request):
    return request.param


def test_kind_is_told_by_the_projections(student, names):
    _, weights = student
    assert detect_kind(weights) == 'videomae_pretrain'
    assert detect_kind(with_alignment(weights, names)) == 'amd_pretrain'


def test_encoder_and_decoder_remain_and_the_rest_is_named(student, names):
    model, weights = student
    published = with_alignment(weights, names)
    found, _, dropped = name_weights(published)
    expected = {
        k: v
        for k, v in model.state_dict().items() if not k.endswith('pos_embed')
    }
    assert found.keys() == expected.keys()
    for key, value in expected.items():
        assert (found[key] == value).all(), key
    reason, = dropped
    assert 'alignment with the teacher' in reason
    assert set(dropped[reason]) == set(published) - set(weights)


def test_it_fills_a_backbone(student, names, vit_cfg, save):
    model, weights = student
    path = save(with_alignment(weights, names))
    vit = MVDVisionTransformer(pos_embed_type='sinusoid_1d', **vit_cfg())
    report = load_encoder(vit, path)
    assert any('alignment' in reason for reason in report.dropped)
    clip = torch.randn(1, 3, 4, 32, 32)
    assert (vit.encode(clip) == model.backbone.encode(clip)).all()
    other = MVDVisionTransformer(**vit_cfg())  # MVD's positions
    with pytest.raises(ValueError, match='sinusoid_1d'):
        load_encoder(other, path)


@pytest.mark.parametrize('to', ['ours', 'mmaction', 'videomae_pretrain'])
def test_it_is_converted(student, names, to, save, tmp_path, vit_cfg):
    model, weights = student
    path = save(with_alignment(weights, names))
    target = str(tmp_path / 'converted.pth')
    report = convert(path, target, to, grid=(2, 4, 4))
    assert any('alignment' in reason for reason in report.dropped)
    vit = MVDVisionTransformer(
        pos_embed_type='sinusoid_1d', use_mean_pooling=False, **vit_cfg())
    load_encoder(vit, target)
    clip = torch.randn(1, 3, 4, 32, 32)
    assert (vit.encode(clip) == model.backbone.encode(clip)).all()


@pytest.mark.parametrize('key', [
    'encoder.projection_heads.0.bias', 'encoder.extra.weight',
    'generators.0.blocks.0.adapter.weight', 'queue', 'decoder.extra.weight'
])
def test_a_key_that_does_not_fit_the_layout_is_named(student, key):
    _, weights = student
    published = with_alignment(weights, 'generators.{}')
    with pytest.raises(KeyError, match=f'1 keys match no rule.*{key}'):
        name_weights(dict(published, **{key: torch.ones(3)}))


@pytest.mark.parametrize('to, kept', [('ours', True), ('mmaction', False),
                                      ('videomae_pretrain', False)])
def test_a_student_of_ours_is_converted(amd_cfg, randomise, to, kept,
                                        tmp_path):
    model = randomise(MODELS.build(amd_cfg()))
    torch.save(dict(state_dict=model.state_dict()), tmp_path / 'student.pth')
    target = str(tmp_path / 'converted.pth')
    report = convert(str(tmp_path / 'student.pth'), target, to, grid=(2, 4, 4))
    found = read_state_dict(target)
    assert ('generators.1.blocks.0.norm1.weight' in found) == kept
    assert ('projections.0.weight' in found) == kept
    lost = sum(report.dropped.values(), [])
    assert ('generators.1.mask_token' in lost) != kept
    assert any(k.startswith('teacher.') for k in lost)  # a random one


def test_what_a_run_s_student_lacks_is_named(amd_cfg, tmp_path):
    cfg = amd_cfg()
    model = MODELS.build(cfg)
    weights = {
        k: v
        for k, v in model.state_dict().items()
        if k not in ('generators.0.mask_token', 'projections.1.weight')
    }
    meta = dict(cfg=f'model = {cfg!r}')
    torch.save(dict(state_dict=weights, meta=meta), tmp_path / 'student.pth')
    with pytest.raises(ValueError, match='2 missing') as info:
        convert(
            str(tmp_path / 'student.pth'), str(tmp_path / 'out.pth'), 'ours')
    assert 'generators.0.mask_token' in str(info.value)
    assert 'projections.1.weight' in str(info.value)
