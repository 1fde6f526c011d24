"""Sizes of the models are those of the published ones."""
import json
from pathlib import Path

import pytest
from mmengine.config import Config

ROOT = Path(__file__).parents[2]
MODELS = ROOT / 'configs' / '_base_' / 'models'
COUNTS = json.loads(
    (ROOT / 'tests' / 'data' / 'parameter_counts.json').read_text())
SIZES = ('small', 'base', 'large', 'huge')


def count(tensors):
    return sum(tensor.numel() for tensor in tensors)


def mvd_cfg(student):
    teachers = 'base' if student == 'small' else student
    return Config.fromfile(
        MODELS / f'mvd_vit-{student}-p16_teachers-{teachers}.py').model


@pytest.mark.parametrize('student', SIZES)
def test_student_and_decoders(student, build_on_meta):
    model = build_on_meta(mvd_cfg(student))
    published = COUNTS[f'mvd_pretrain_{student}']
    trainable = [p for p in model.parameters() if p.requires_grad]
    assert count(trainable) == published['trainable']
    # a checkpoint holds the position tables and no teacher
    assert count(model.state_dict().values()) == published['total']


@pytest.mark.parametrize('teacher, patch', [('base', 16), ('large', 16),
                                            ('huge', 14)])
def test_image_teacher(teacher, patch, build_on_meta):
    # as published: at 224 pixels, hence 1 + 16 * 16 positions for H/14
    stage1 = Config.fromfile(MODELS / f'mae_vit-{teacher}-p{patch}.py').model
    published = build_on_meta(stage1).backbone
    assert published.pos_embed.shape[1] == 1 + (224 // patch)**2
    assert count([*published.parameters(),
                  published.pos_embed]) == COUNTS[f'mae_teacher_{teacher}']
    # as MVD uses it: 14 x 14 positions
    vit = build_on_meta(mvd_cfg(teacher)).branches['image']['teacher'].vit
    assert vit.pos_embed.shape[1] == 1 + 14 * 14
    assert count(vit.parameters()) == count(published.parameters())


@pytest.mark.parametrize('size', SIZES)
def test_recogniser_of_400_classes(size, build_on_meta):
    cfg = Config.fromfile(MODELS / f'vit-{size}-p16_recognition.py').model
    model = build_on_meta(cfg)
    assert count(model.parameters()) == COUNTS[f'mvd_finetune_{size}_k400']
