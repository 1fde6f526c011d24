"""The rows of the ablations: each config exists and changes one thing."""
import pytest
import torch
from mmengine.config import Config
from mmengine.optim import OptimWrapper
from mmengine.registry import MODELS, DefaultScope

from demo.ablations import plan

BASE = Config.fromfile(plan.config_of(plan.ROWS['base'].config))


def differences(a, b, place=''):
    """Dotted keys whose values differ."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in {*a, *b}:
            yield from differences(a.get(key), b.get(key), f'{place}.{key}')
    elif isinstance(a, (list, tuple)) and isinstance(
            b, (list, tuple)) and len(a) == len(b):
        for index, (x, y) in enumerate(zip(a, b)):
            yield from differences(x, y, f'{place}.{index}')
    elif a != b:
        yield place[1:]


@pytest.mark.parametrize('name, changed', [
    ('base', set()),
    ('loss-l1', {'head.loss'}),
    ('loss-l2', {'head.loss'}),
    ('raw-targets', {'head.norm_target'}),
    ('decoder-depth1', {'decoder.depth'}),
    ('decoder-depth4', {'decoder.depth'}),
    ('all-frames', {'teacher.all_frames', 'decoder.out_channels'}),
])
def test_a_row_changes_one_choice_of_the_model(name, changed):
    cfg = Config.fromfile(plan.config_of(plan.ROWS[name].config))
    keys = set(differences(cfg.to_dict(), BASE.to_dict()))
    assert {key.split('.', 3)[3] for key in keys} == changed
    branches = {key.split('.')[2] for key in keys}
    assert branches <= {'image', 'video'}
    if name not in ('base', 'all-frames', 'decoder-depth1'):
        assert branches == {'image', 'video'}


@pytest.mark.parametrize('name, ratio', [('mask50', 0.5), ('mask90', 0.9)])
def test_a_row_changes_the_mask_alone(name, ratio):
    cfg = Config.fromfile(plan.config_of(plan.ROWS[name].config))
    keys = set(differences(cfg.to_dict(), BASE.to_dict()))
    assert all(key.endswith('mask_ratio') for key in keys)
    masking, = (
        step for step in cfg.train_dataloader.dataset.pipeline
        if step.type == 'mvd_mm.TubeMasking')
    assert masking.mask_ratio == ratio


def test_pixels_are_learned_for_as_long():
    cfg = Config.fromfile(plan.config_of(plan.ROWS['pixels'].config))
    assert cfg.model.type == 'mvd_mm.MaskedAutoencoder'
    assert cfg.train_cfg.max_epochs == BASE.train_cfg.max_epochs
    assert cfg.model.backbone.embed_dims == BASE.model.backbone.embed_dims


@pytest.mark.parametrize('name', list(plan.ROWS))
def test_a_row_trains(name):
    cfg = Config.fromfile(plan.config_of(plan.ROWS[name].config))
    for branch in cfg.model.get('branches', {}).values():
        branch.teacher.random_init = True
    assert set(cfg.model.get('branches', {})) == set(plan.ROWS[name].teachers)
    with DefaultScope.overwrite_default_scope('mmaction'):
        model = MODELS.build(cfg.model)
    model.init_weights()
    wrapper = OptimWrapper(
        torch.optim.AdamW([p for p in model.parameters() if p.requires_grad],
                          1e-3))
    data = dict(
        inputs=dict(
            imgs=torch.randint(0, 256, (2, 1, 3, 8, 64, 64)).byte(),
            mask=(torch.arange(64) % 4 > 0).repeat(2, 4)))
    first, second = (model.train_step(data, wrapper) for _ in range(2))
    assert second['loss'] < first['loss']


def test_teachers_are_trained_once_and_only_if_needed(tmp_path):
    stages = plan.stages_of(tmp_path, list(plan.ROWS))
    assert list(stages)[:3] == ['mae', 'videomae', 'base']
    assert list(stages)[-1] == 'finetune_scratch'
    assert len(stages) == 2 + 2 * len(plan.ROWS) + 1
    assert len({stage.work_dir for stage in stages.values()}) == len(stages)
    assert list(plan.stages_of(tmp_path, ['pixels'])) == [
        'pixels', 'finetune_pixels', 'finetune_scratch'
    ]
    assert 'videomae' not in plan.stages_of(tmp_path, ['image-only'])
