"""Encoders of ``transformers`` in small: random weights, written to disk."""
import json

import pytest

_VIT = dict(hidden_size=32, num_hidden_layers=3, num_attention_heads=4)
_CLIP = dict(**_VIT, intermediate_size=64, patch_size=8)
#: every kind of teacher: arguments of its configuration class; all see 4 x 4
#: patches, models of videos 4 frames
KINDS = dict(
    clip=dict(
        vision_config=dict(**_CLIP, image_size=32),
        text_config=dict(
            **_VIT,
            intermediate_size=64,
            vocab_size=10,
            bos_token_id=0,
            eos_token_id=1)),
    siglip=dict(
        vision_config=dict(**_CLIP, image_size=32),
        text_config=dict(
            **_VIT,
            intermediate_size=64,
            vocab_size=10,
            bos_token_id=0,
            eos_token_id=1)),
    siglip2=dict(
        vision_config=dict(**_CLIP, num_patches=16),
        text_config=dict(
            **_VIT,
            intermediate_size=64,
            vocab_size=10,
            bos_token_id=0,
            eos_token_id=1)),
    dinov2=dict(**_VIT, image_size=28, patch_size=7),
    dinov2_with_registers=dict(**_VIT, image_size=28, patch_size=7),
    dinov3_vit=dict(**_CLIP, image_size=32, num_register_tokens=2),
    vit_mae=dict(
        **_CLIP,
        image_size=32,
        decoder_hidden_size=16,
        decoder_num_hidden_layers=1,
        decoder_num_attention_heads=2,
        decoder_intermediate_size=16),
    videomae=dict(**_CLIP, image_size=32, num_frames=4),
    vjepa2=dict(
        **_VIT,
        patch_size=8,
        crop_size=32,
        frames_per_clip=4,
        pred_hidden_size=24,
        pred_num_attention_heads=2,
        pred_num_hidden_layers=1))


@pytest.fixture(params=sorted(KINDS))
def kind(request):
    """Every kind of model."""
    return request.param


@pytest.fixture
def tiny():
    """Arguments of a kind of model, with its ``model_type``."""

    def make(kind, **overrides):
        return dict(model_type=kind, **{**KINDS[kind], **overrides})

    return make


@pytest.fixture
def save_model(tmp_path, tiny, randomise):
    """Write a whole model, text or decoder included, as people find it."""

    def save(kind, name='model', **overrides):
        transformers = pytest.importorskip('transformers')
        arguments = tiny(kind, **overrides)
        config = transformers.CONFIG_MAPPING[kind].from_dict({
            k: v
            for k, v in arguments.items() if k != 'model_type'
        })
        auto = transformers.AutoModelForPreTraining if kind in (
            'vit_mae', 'videomae') else transformers.AutoModel
        model = randomise(auto.from_config(config), std=0.05)
        folder = tmp_path / name
        model.save_pretrained(folder)
        colours = dict(image_mean=[0.4, 0.5, 0.6], image_std=[0.2, 0.3, 0.4])
        (folder / 'preprocessor_config.json').write_text(json.dumps(colours))
        return str(folder)

    return save
