"""Each parameter has the published learning rate and weight decay."""
import json
from pathlib import Path

import pytest
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper
from mmengine.registry import DefaultScope

from mvd_mm.checkpoints import RULES, rename

ROOT = Path(__file__).parents[2]
PUBLISHED = json.loads(
    (ROOT / 'tests' / 'data' / 'optimizer_groups.json').read_text())
LEAF = ('mvd_vit-base-p16_teachers-base_32xb16-accum2-16x4x1-400e_'
        'kinetics400-rgb.py')


def groups(model, cfg):
    """Learning rate over its base and weight decay, by parameter."""
    with DefaultScope.overwrite_default_scope('mmaction'):
        optimizer = build_optim_wrapper(model, cfg).optimizer
    names = {id(param): name for name, param in model.named_parameters()}
    return {
        names[id(param)]:
        dict(
            lr_scale=group['lr'] / cfg['optimizer']['lr'],
            weight_decay=group['weight_decay'])
        for group in optimizer.param_groups
        for param in group['params']
    }


def expected(case, rules):
    renamed, dropped = rename(PUBLISHED[case], RULES[rules])
    assert not dropped
    return {name: pytest.approx(group) for name, group in renamed.items()}


def test_pretraining(build_on_meta):
    cfg = Config.fromfile(ROOT / 'configs' / 'mvd' / 'pretrain' / LEAF)
    # the published table is of a student of two blocks, decoders of one
    cfg.model.backbone.depth = 2
    for branch in cfg.model.branches.values():
        branch.decoder.depth = 1
    # AmpOptimWrapper cannot be built without a GPU
    cfg.optim_wrapper.type = 'OptimWrapper'
    cfg.optim_wrapper.pop('loss_scale')
    found = groups(build_on_meta(cfg.model), cfg.optim_wrapper)
    # equal keys: neither a frozen teacher is in, nor a student's weight out
    assert found == expected('pretrain_depth2', 'mvd_pretrain')


@pytest.mark.parametrize('pattern, decay', [
    ('pretrain/mvd_vit-small-p16_teachers-base_*_kinetics400-rgb.py', 0.05),
    ('stage1/videomae_vit-small-p16_*.py', 0),
    ('stage1/mae_vit-base-p16_*.py', 0.05),
])
def test_mask_tokens_of_videomae_alone_do_not_decay(pattern, decay,
                                                    build_on_meta):
    path, = (ROOT / 'configs' / 'mvd').glob(pattern)
    cfg = Config.fromfile(path)
    cfg.optim_wrapper.type = 'OptimWrapper'
    cfg.optim_wrapper.pop('loss_scale')
    model = build_on_meta(cfg.model)
    found = groups(model, cfg.optim_wrapper)
    shapes = {name: p.ndim for name, p in model.named_parameters()}
    tokens = {name for name in found if name.endswith('mask_token')}
    assert tokens
    for name, group in found.items():
        assert group['lr_scale'] == pytest.approx(1)
        if name in tokens:
            assert group['weight_decay'] == decay
        else:
            assert group['weight_decay'] == (0.05 if shapes[name] > 1 else 0)


def test_fine_tuning_with_layer_decay(build_on_meta):
    model = build_on_meta(
        dict(
            type='Recognizer3D',
            backbone=dict(
                type='mvd_mm.MVDVisionTransformer',
                embed_dims=64,
                depth=4,
                num_heads=4),
            cls_head=dict(
                type='TimeSformerHead', num_classes=400, in_channels=64)))
    cfg = dict(
        type='OptimWrapper',
        optimizer=dict(type='AdamW', lr=1e-3, weight_decay=0.05),
        constructor='LearningRateDecayOptimizerConstructor',
        paramwise_cfg=dict(num_layers=4, decay_rate=0.75))
    assert groups(model, cfg) == expected('finetune_depth4_decay075',
                                          'vit_finetune')
