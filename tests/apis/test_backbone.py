"""A file or a config gives a backbone with its weights, or an error."""
import pytest
import torch
from mmengine.registry import MODELS
from safetensors.torch import save_file

from mvd_mm.apis import load_backbone
from mvd_mm.conversion import convert
from mvd_mm.models import MVDVisionTransformer

SIZES = dict(img_size=32, num_frames=4, num_heads=4)


def save(model, path, cfg=None):
    meta = {} if cfg is None else dict(meta=dict(cfg=cfg))
    torch.save(dict(state_dict=model.state_dict(), **meta), path)
    return str(path)


@pytest.fixture
def student(mvd_cfg, randomise):
    return randomise(MODELS.build(dict(type='mvd_mm.MVD', **mvd_cfg())))


@pytest.fixture
def clip():
    return torch.randn(2, 3, 4, 32, 32)


def same(found, expected, clip):
    torch.testing.assert_close(found(clip), expected.eval()(clip))
    assert not found.training


def test_student_of_a_run_by_the_config_it_keeps(student, vit_cfg, clip,
                                                 tmp_path):
    backbone = dict(
        type='mvd_mm.MVDVisionTransformer',
        use_mean_pooling=False,
        init_cfg=dict(type='Pretrained', checkpoint='elsewhere.pth'),
        **vit_cfg())
    path = save(student, tmp_path / 'a.pth',
                f'model = dict(type={"mvd_mm.MVD"!r}, backbone={backbone!r})')
    same(load_backbone(path), student.backbone, clip)
    assert load_backbone(path).grid_size == (2, 4, 4)


def test_published_student_by_its_shapes(student, clip, tmp_path):
    own = save(student, tmp_path / 'own.pth')
    path = str(tmp_path / 'mvd.pth')
    convert(own, path, 'mvd_pretrain')
    same(load_backbone(path, **SIZES), student.backbone, clip)


def test_other_frames_and_pixels(student, tmp_path):
    own = save(student, tmp_path / 'own.pth')
    vit = load_backbone(own, img_size=(32, 48), num_frames=8, num_heads=4)
    assert vit.grid_size == (4, 4, 6)
    assert vit(torch.randn(1, 3, 8, 32, 48)).shape == (1, 96, 32)


def autoencoder(vit, **decoder):
    return MODELS.build(
        dict(
            type='mvd_mm.MaskedAutoencoder',
            backbone=dict(
                type='mvd_mm.MVDVisionTransformer',
                use_mean_pooling=False,
                **vit),
            decoder=dict(
                type='mvd_mm.MaskedTokenDecoder',
                in_channels=32,
                embed_dims=16,
                depth=1,
                num_heads=2,
                pos_embed_type=vit['pos_embed_type'],
                **decoder),
            head=dict(
                type='mvd_mm.PixelReconstructionHead',
                patch_size=8,
                tubelet_size=vit['tubelet_size'])))


def test_video_teacher_as_published(vit_cfg, randomise, clip, tmp_path):
    model = randomise(
        autoencoder(
            vit_cfg(pos_embed_type='sinusoid_1d'),
            out_channels=3 * 2 * 64,
            grid_size=(2, 4, 4),
            proj_bias=False))
    path = str(tmp_path / 'videomae.pth')
    convert(save(model, tmp_path / 'own.pth'), path, 'videomae_pretrain')
    vit = load_backbone(path, **SIZES)
    assert vit.pos_embed_type == 'sinusoid_1d'
    same(vit, model.backbone, clip)


def test_image_teacher_as_published(vit_cfg, randomise, tmp_path):
    model = randomise(
        autoencoder(
            vit_cfg(
                pos_embed_type='sincos_2d',
                num_frames=1,
                tubelet_size=1,
                with_cls_token=True,
                qkv_bias='full'),
            out_channels=3 * 64,
            grid_size=(1, 4, 4),
            qkv_bias='full',
            num_extra_tokens=1))
    path = str(tmp_path / 'mae.pth')
    convert(save(model, tmp_path / 'own.pth'), path, 'mae')
    vit = load_backbone(path, img_size=32, num_heads=4)
    assert vit.grid_size == (1, 4, 4) and vit.cls_token is not None
    same(vit, model.backbone, torch.randn(2, 3, 1, 32, 32))


def test_classifier_as_published(vit_cfg, randomise, clip, tmp_path):
    vit = randomise(MVDVisionTransformer(**vit_cfg()))
    weights = {f'backbone.{k}': v for k, v in vit.state_dict().items()}
    weights['cls_head.fc_cls.weight'] = torch.randn(5, 32)
    weights['cls_head.fc_cls.bias'] = torch.randn(5)
    torch.save(weights, tmp_path / 'own.pth')
    path = str(tmp_path / 'ft.pth')
    convert(str(tmp_path / 'own.pth'), path, 'mvd_finetune')
    same(load_backbone(path, **SIZES), vit, clip)


def test_file_without_a_closing_norm_ends_with_the_last_block(
        student, clip, tmp_path):
    weights = {
        f'backbone.{k}': v
        for k, v in student.backbone.state_dict().items()
        if not k.startswith('norm.')
    }
    save_file(weights, str(tmp_path / 'a.safetensors'))
    vit = load_backbone(tmp_path / 'a.safetensors', **SIZES)
    torch.testing.assert_close(vit(clip), student.backbone.eval().encode(clip))


class TestConfig:

    @pytest.fixture
    def write(self, vit_cfg, tmp_path):

        def make(name='mvd_mm.MVDVisionTransformer', rest='', **more):
            backbone = dict(vit_cfg(use_mean_pooling=False), type=name, **more)
            path = tmp_path / 'c.py'
            path.write_text(f'model = dict(backbone={backbone!r})\n{rest}')
            return str(path)

        return make

    def test_with_a_file(self, write, student, clip, tmp_path):
        path = save(student, tmp_path / 'own.pth')
        same(load_backbone(write(), path), student.backbone, clip)
        named = write(init_cfg=dict(type='Pretrained', checkpoint=path))
        same(load_backbone(named), student.backbone, clip)
        named = write(rest=f'load_from = {path!r}')
        same(load_backbone(named), student.backbone, clip)

    @pytest.mark.parametrize('init_cfg', [
        None,
        dict(type='Pretrained', checkpoint=None),
        [dict(type='Xavier', layer='Linear')],
    ])
    def test_is_never_random(self, write, init_cfg):
        with pytest.raises(ValueError, match='random.*checkpoint=FILE'):
            load_backbone(write(init_cfg=init_cfg))

    def test_of_another_class_is_refused(self, write):
        with pytest.raises(TypeError, match='init_recognizer'):
            load_backbone(write('VisionTransformer'), 'a.pth')


class TestFaults:

    def test_missing_files_are_named(self, tmp_path):
        for name in ('none.pth', 'none.py'):
            with pytest.raises(FileNotFoundError, match=name):
                load_backbone(tmp_path / name)

    def test_a_missing_weight_is_named(self, student, tmp_path):
        weights = student.state_dict()
        del weights['backbone.blocks.1.attn.qkv.weight']
        torch.save(weights, tmp_path / 'a.pth')
        with pytest.raises(ValueError, match='blocks.1.attn.qkv.weight'):
            load_backbone(tmp_path / 'a.pth', **SIZES)

    def test_unknown_heads_are_asked_for(self, student, tmp_path):
        with pytest.raises(ValueError, match='32 wide.*`num_heads`'):
            load_backbone(save(student, tmp_path / 'a.pth'))

    def test_two_files_of_weights_are_one_too_many(self):
        with pytest.raises(ValueError, match='only with a config'):
            load_backbone('a.pth', 'b.pth')
