"""Stage 1: it learns, and what it learnt plugs in as a teacher."""
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config
from torch import nn

from mvd_mm.checkpoints import INVERSE, fit_whole, load_encoder, rename
from mvd_mm.models import (MAEImageTeacher, MaskedAutoencoder,
                           MVDVisionTransformer, VideoMAETeacher)
from mvd_mm.registry import MODELS

MODEL_CONFIGS = Path(__file__).parents[3] / 'configs' / '_base_' / 'models'


def config(vit_cfg, backbone, decoder, head, pixels):
    vit = vit_cfg(**backbone)
    grid = (vit['num_frames'] // vit['tubelet_size'], 4, 4)
    return dict(
        backbone=dict(
            type='mvd_mm.MVDVisionTransformer', use_mean_pooling=False, **vit),
        decoder=dict(
            type='mvd_mm.MaskedTokenDecoder',
            in_channels=32,
            out_channels=pixels,
            grid_size=grid,
            embed_dims=16,
            depth=1,
            num_heads=2,
            **decoder),
        head=dict(
            type='mvd_mm.PixelReconstructionHead',
            patch_size=8,
            tubelet_size=vit['tubelet_size'],
            norm_target=head))


@pytest.fixture
def mae(vit_cfg):
    """MAE on single frames."""
    return config(
        vit_cfg,
        dict(
            num_frames=1,
            tubelet_size=1,
            with_cls_token=True,
            qkv_bias='full',
            pos_embed_type='sincos_2d'),
        dict(num_extra_tokens=1, qkv_bias='full', pos_embed_type='sincos_2d'),
        head='patch',
        pixels=3 * 8 * 8)


@pytest.fixture
def videomae(vit_cfg):
    """VideoMAE on clips."""
    return config(
        vit_cfg,
        dict(pos_embed_type='sinusoid_1d'),
        dict(proj_bias=False, pos_embed_type='sinusoid_1d'),
        head='channel',
        pixels=3 * 2 * 8 * 8)


@pytest.fixture(params=['mae', 'videomae'])
def model(request):
    built = MaskedAutoencoder(**request.getfixturevalue(request.param))
    built.init_weights()
    return built


@pytest.fixture
def inputs(model, draw_mask):
    slices = model.backbone.grid_size[0]
    frames = slices * model.backbone.tubelet_size
    num_tokens = slices * 16
    return dict(
        imgs=torch.randn(2, 3, frames, 32, 32),
        mask=draw_mask(2, num_tokens, num_tokens * 3 // 4))


def train(model, inputs, steps=10):
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    losses = []
    for _ in range(steps):
        loss = model(inputs, mode='loss')['loss']
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def save(model, path):
    torch.save({'state_dict': model.state_dict()}, path)
    return str(path)


def test_loss_decreases_on_one_batch(model, inputs):
    losses = train(model, inputs)
    # a prediction of zero gives 1: the targets have unit variance
    assert losses[-1] < 0.95 * losses[0]
    assert losses[-1] < 1


def test_gradients_reach_every_parameter(model, inputs, randomise):
    randomise(model, std=0.1)(inputs, mode='loss')['loss'].backward()
    for name, param in model.named_parameters():
        assert param.grad.abs().sum() > 0, name


def test_modes(model, inputs):
    hidden = int(inputs['mask'][0].sum())
    visible = inputs['mask'].shape[1] - hidden
    extra = model.decoder.num_extra_tokens
    assert model(inputs).shape == (2, visible + extra, 32)
    result = model(inputs, mode='predict')
    width = model.decoder.out_channels
    assert result['pred'].shape == (2, hidden, width)
    assert result['target'].shape == (2, hidden, width)
    with pytest.raises(ValueError, match="`mode`.*'losses'"):
        model(inputs, mode='losses')


def golden_case(path):
    """A case that published code computed, and the network of its sizes."""
    case = json.loads(path.with_suffix('.json').read_text())
    with np.load(path) as arrays:
        tensors = {k: torch.from_numpy(arrays[k]) for k in arrays.files}
    tensors = {
        k: v.float() if v.is_floating_point() else v
        for k, v in tensors.items()
    }
    mae = case['kind'] == 'mae_pretrain'
    vit = dict(
        qkv_bias='full' if mae else True,
        pos_embed_type='sincos_2d' if mae else 'sinusoid_1d')
    sides = {
        k: case[k]
        for k in ('img_size', 'patch_size', 'num_frames', 'tubelet_size')
    }
    side = case['img_size'] // case['patch_size']
    model = MaskedAutoencoder(
        backbone=dict(
            type='mvd_mm.MVDVisionTransformer',
            use_mean_pooling=False,
            with_cls_token=mae,
            **sides,
            **vit,
            **case['encoder']),
        decoder=dict(
            type='mvd_mm.MaskedTokenDecoder',
            in_channels=case['encoder']['embed_dims'],
            out_channels=tensors['pred'].shape[-1],
            grid_size=(case['num_frames'] // case['tubelet_size'], side, side),
            proj_bias=mae,
            num_extra_tokens=int(mae),
            **vit,
            **case['decoder']),
        head=dict(
            type='mvd_mm.PixelReconstructionHead',
            patch_size=case['patch_size'],
            tubelet_size=case['tubelet_size'],
            norm_target='patch' if mae else 'channel'))
    published = {
        k[len('model/'):]: v
        for k, v in tensors.items() if k.startswith('model/')
    }
    weights, _ = fit_whole(model, dict(model=published), path.name)
    model.load_state_dict(weights)
    return model, tensors


@pytest.mark.parametrize('name', ['videomae', 'mae'])
def test_published_numbers(golden_dir, name):
    path = golden_dir.with_name('golden_stage1') / f'{name}_pretrain_plain.npz'
    model, case = golden_case(path)
    inputs = dict(imgs=case['video'], mask=case['mask'])
    for key, value in model(inputs, mode='predict').items():
        error = (value - case[key]).abs().max() / case[key].abs().max()
        assert error < 1e-6, key
    loss = model(inputs, mode='loss')['loss']
    torch.testing.assert_close(loss, case['loss'], rtol=1e-6, atol=0)
    loss.backward()
    grads = {k: p.grad for k, p in model.named_parameters()}
    norm = torch.stack([grad.norm() for grad in grads.values()]).norm()
    torch.testing.assert_close(norm, case['grad_norm'], rtol=1e-5, atol=0)
    kind = dict(mae='mae', videomae='videomae_pretrain')[name]
    grads = rename(grads, INVERSE[kind])[0]
    expected = {k[5:]: v for k, v in case.items() if k.startswith('grad/')}
    assert len(expected) == 6
    for key, value in expected.items():
        error = (grads[key].view_as(value) - value).abs().max()
        assert error < 1e-5 * value.abs().max(), key


def small_model(name):
    """The network of a recipe, of one block."""
    cfg = Config.fromfile(MODEL_CONFIGS / f'{name}.py').model
    cfg.backbone.depth = 1
    if 'decoder' in cfg:
        cfg.decoder.update(depth=1, proj_init='default')
    for branch in cfg.get('branches', {}).values():
        branch.decoder.depth = branch.teacher.vit.depth = 1
        branch.teacher.update(checkpoint=None, random_init=True)
    model = MODELS.build(cfg)
    model.init_weights()
    return model


@pytest.mark.parametrize('name, by_default', [
    ('videomae_vit-small-p16', {'decoder.proj_in'}),
    ('mvd_vit-small-p16_teachers-base', set()),
])
def test_students_start_as_published(name, by_default):
    """Xavier in linear layers, PyTorch's default elsewhere."""
    seen = set()
    for key, layer in small_model(name).named_modules():
        if '.teacher.' in key:
            continue
        if isinstance(layer, nn.LayerNorm):
            assert (layer.weight == 1).all() and (layer.bias == 0).all(), key
        if not isinstance(layer, (nn.Linear, nn.Conv3d)):
            continue
        outputs, inputs = layer.weight.flatten(1).shape
        default = key in by_default or isinstance(layer, nn.Conv3d)
        bound = inputs**-0.5 if default else (6 / (inputs + outputs))**0.5
        assert 0.98 * bound < layer.weight.abs().max() <= bound, key
        # uniform, not normal and cut
        spread = layer.weight.std().item()
        assert spread == pytest.approx(bound / 3**0.5, rel=0.02)
        if layer.bias is not None:
            assert bool(layer.bias.any()) == default, key
        seen.add(key)
    assert {'backbone.patch_embed.projection', *by_default} < seen
    assert any(key.endswith('attn.qkv') for key in seen)


def test_trained_videomae_becomes_the_video_teacher(videomae, vit_cfg,
                                                    draw_mask, tmp_path):
    model = MaskedAutoencoder(**videomae)
    model.init_weights()
    clip = torch.randn(2, 3, 4, 32, 32)
    train(model, dict(imgs=clip, mask=draw_mask(2, 32, 24)), steps=2)
    path = save(model, tmp_path / 'epoch_1.pth')
    teacher = VideoMAETeacher(vit_cfg(), checkpoint=path)
    teacher.init_weights()
    assert (teacher(clip) == model.eval().backbone.encode(clip)).all()


def test_trained_mae_becomes_the_image_teacher(mae, draw_mask, tmp_path):
    model = MaskedAutoencoder(**mae)
    model.init_weights()
    clip = torch.randn(2, 3, 4, 32, 32)
    train(model, dict(imgs=clip[:, :, :1], mask=draw_mask(2, 16, 12)), steps=2)
    path = save(model, tmp_path / 'epoch_1.pth')
    teacher = MAEImageTeacher(
        dict(img_size=32, patch_size=8, embed_dims=32, depth=2, num_heads=4),
        num_frames=4,
        checkpoint=path)
    teacher.init_weights()
    encode = model.eval().backbone.encode
    expected = torch.cat([encode(clip[:, :, t:t + 1])[:, 1:] for t in (0, 2)],
                         dim=1)
    torch.testing.assert_close(teacher(clip), expected)


def test_videomae_does_not_pass_for_an_mvd_student(videomae, vit_cfg,
                                                   tmp_path):
    path = save(MaskedAutoencoder(**videomae), tmp_path / 'epoch_1.pth')
    student = MVDVisionTransformer(use_mean_pooling=False, **vit_cfg())
    with pytest.raises(ValueError, match='is a sinusoid_1d table'):
        load_encoder(student, path)


@pytest.mark.parametrize('key, value, message', [
    ('grid_size', (2, 5, 5), r'`decoder.grid_size` is \(2, 5, 5\).*2, 4, 4'),
    ('in_channels', 64, '`decoder.in_channels` is 64.*32 wide'),
])
def test_rejects_a_decoder_that_does_not_fit(videomae, key, value, message):
    videomae['decoder'][key] = value
    with pytest.raises(ValueError, match=message):
        MaskedAutoencoder(**videomae)
