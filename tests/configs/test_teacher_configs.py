"""Every config with a teacher of `transformers`, in small, trains."""
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.optim import OptimWrapper
from mmengine.registry import MODELS, TRANSFORMS, DefaultScope

pytest.importorskip('transformers')

FOLDER = Path(__file__).parents[2] / 'configs' / 'mvd' / 'teachers'
LEAVES = sorted(FOLDER.glob('*.py'))
KINDS = dict(
    clip='clip_vision_model',
    siglip2='siglip2_vision_model',
    dinov2='dinov2',
    dinov3='dinov3_vit',
    vitmae='vit_mae',
    videomae='videomae',
    vjepa2='vjepa2')
NARROW = dict(hidden_size=16, num_hidden_layers=1, num_attention_heads=2)


def teachers(cfg):
    return [
        branch for branch in cfg.model.branches.values()
        if branch.teacher.type == 'mvd_mm.TransformersTeacher'
    ]


def shrink(cfg):
    """Same grids, sizes and layers; narrow networks with random weights."""
    small = dict(embed_dims=16, depth=1, num_heads=2)
    cfg.model.backbone.update(small)
    for branch in cfg.model.branches.values():
        teacher, width = branch.teacher, 16
        teacher.random_init, teacher.checkpoint = True, None
        if 'vit' in teacher:
            teacher.vit.update(small)
        else:
            teacher.config.update(NARROW)
            if teacher.config.model_type == 'vjepa2':
                teacher.config.update(
                    pred_hidden_size=24,
                    pred_num_hidden_layers=1,
                    pred_num_attention_heads=2)
            elif not teacher.config.model_type.startswith('dinov2'):
                teacher.config.intermediate_size = 16
            if 'layers' in teacher:
                teacher.layers = tuple(range(len(teacher.layers)))
                width *= len(teacher.layers)
        branch.decoder.update(small, in_channels=16, out_channels=width)
    return cfg


@pytest.mark.parametrize('path', LEAVES, ids=lambda p: p.stem)
def test_two_iterations_in_small(path):
    cfg = shrink(Config.fromfile(path))
    with DefaultScope.overwrite_default_scope('mmaction'):
        model = MODELS.build(cfg.model)
        masking, = (
            step for step in cfg.train_dataloader.dataset.pipeline
            if step.type == 'mvd_mm.TubeMasking')
        mask = TRANSFORMS.build(masking)({})['mask']
    model.init_weights()
    wrapper = OptimWrapper(
        torch.optim.AdamW([p for p in model.parameters() if p.requires_grad],
                          1e-3))
    data = dict(
        inputs=dict(
            imgs=torch.randint(0, 256, (1, 1, 3, 16, 224, 224)).byte(),
            mask=torch.as_tensor(mask).reshape(1, -1)))
    first, second = (model.train_step(data, wrapper) for _ in range(2))
    names = [f'loss_{name}' for name in cfg.model.branches]
    assert set(names) < set(first)
    for name in names:
        assert second[name] < first[name]


def test_every_kind_has_a_config():
    used = {
        branch.teacher.config.model_type
        for path in LEAVES
        for branch in teachers(Config.fromfile(path))
    }
    assert used == set(KINDS.values())


@pytest.mark.parametrize('path', LEAVES, ids=lambda p: p.stem)
def test_all_but_the_teacher_is_the_published_recipe(path):
    name = ('mvd_vit-base-p16_teachers-base_32xb16-accum2-16x4x1-400e_'
            'kinetics400-rgb.py')
    base = Config.fromfile(FOLDER.parent / 'pretrain' / name)
    cfg = Config.fromfile(path)
    for key in ('train_dataloader', 'optim_wrapper', 'param_scheduler',
                'train_cfg', 'custom_hooks'):
        assert cfg[key] == base[key]
    assert cfg.model.backbone == base.model.backbone
    changed = teachers(cfg)
    assert len(changed) == 1
    for name, branch in cfg.model.branches.items():
        if branch not in changed:
            assert branch == base.model.branches[name]
