"""A file is compared with the model of its config, or of its shapes."""
import time

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import MODELS, DefaultScope

from mvd_mm.checkpoints import name_weights
from mvd_mm.conversion import find_gaps


@pytest.fixture
def cfg(mvd_cfg):
    return Config(dict(model=dict(type='mvd_mm.MVD', **mvd_cfg())))


@pytest.fixture
def run(cfg):
    """Weights and meta of a run, as MMEngine keeps them."""
    with DefaultScope.overwrite_default_scope('mmaction'):
        model = MODELS.build(cfg.model)
    weights, _, _ = name_weights(model.state_dict())
    return weights, dict(cfg=cfg.pretty_text)


def without(weights, prefix):
    return {k: v for k, v in weights.items() if not k.startswith(prefix)}


def test_a_run_is_complete(run):
    weights, meta = run
    assert find_gaps(weights, 'ours', meta) == []
    assert find_gaps(weights, 'ours') == []


@pytest.mark.parametrize(
    'prefix, number',
    [
        ('backbone.blocks.1.', 13),  # the shapes show a model of one block
        ('branches.video.decoder.', 20),
    ])
def test_a_config_shows_what_the_shapes_do_not(run, prefix, number):
    weights, meta = run
    lost = [
        k for k in weights
        if k.startswith(prefix) and not k.endswith('pos_embed')
    ]
    weights = without(weights, prefix)
    assert find_gaps(weights, 'ours') == []
    assert find_gaps(weights, 'ours', meta) == lost
    assert len(lost) == number


def test_all_biases_of_a_run_that_are_missing_are_named(run):
    weights, meta = run
    kept = {
        k: v
        for k, v in weights.items() if not k.endswith(('q_bias', 'v_bias'))
    }
    gaps = find_gaps(kept, 'ours', meta)
    assert set(gaps) == set(weights) - set(kept)


def test_another_shape_than_the_config_says_is_named(run, cfg):
    cfg.model.branches.image.decoder.embed_dims = 24
    gaps = find_gaps(run[0], 'ours', dict(cfg=cfg.pretty_text))
    key = 'branches.image.decoder.proj_in.weight'
    assert f'{key}: file (16, 32), model (24, 32)' in gaps
    assert all(gap.startswith('branches.image.decoder.') for gap in gaps)


@pytest.mark.parametrize('head', ['RecognitionHead', 'TimeSformerHead'])
def test_a_classifier_that_is_missing_as_a_whole(run, head):
    weights, _ = run
    weights = {k: v for k, v in weights.items() if k.startswith('backbone.')}
    cfg = ('model = dict(backbone=dict(type="mvd_mm.MVDVisionTransformer", '
           'patch_size=8, embed_dims=32, depth=2, use_mean_pooling=False), '
           f'cls_head=dict(type="mvd_mm.{head}", num_classes=7, '
           'in_channels=32))')
    assert find_gaps(weights, 'ours', dict(cfg=cfg)) == [
        'cls_head.fc_cls.weight', 'cls_head.fc_cls.bias'
    ]


def test_a_classifier_of_slices_is_as_wide_as_its_config_says(run):
    weights = {k: v for k, v in run[0].items() if k.startswith('backbone.')}
    weights['cls_head.fc_cls.weight'] = torch.ones(7, 64)
    weights['cls_head.fc_cls.bias'] = torch.ones(7)
    cfg = ('model = dict(backbone=dict(type="mvd_mm.MVDVisionTransformer", '
           'patch_size=8, embed_dims=32, depth=2, use_mean_pooling=False), '
           'cls_head=dict(type="mvd_mm.RecognitionHead", num_classes=7, '
           'in_channels=32, num_slices=2))')
    assert find_gaps(weights, 'ours', dict(cfg=cfg)) == []


def test_a_published_file_is_not_of_the_config_beside_it(golden):
    weights, kind, _ = name_weights(golden('finetune_plain', 'model/'))
    cfg = ('model = dict(backbone=dict(type="MVDVisionTransformer", depth=9))')
    assert find_gaps(weights, kind, dict(cfg=cfg)) == []


@pytest.mark.parametrize('text', [
    None,
    3,
    'not python at all (',
    'model = 3',
    'model = dict(backbone=3)',
    'model = dict(backbone=dict(type="os.system"))',
    'model = dict(backbone=dict(type=3))',
    'model = __import__("pathlib").Path("RAN").touch()',
    'model = dict(backbone=__import__("pathlib").Path("RAN").touch())',
    'model = dict(backbone=dict(type="pathlib.Path.touch", self="RAN"))',
    '__import__("pathlib").Path("RAN").touch()\nmodel = dict()',
    'model = dict(backbone=dict(type="VisionTransformer", depth=10**9))',
    'model = dict(backbone=dict(type="VisionTransformer", depth=1000000000))',
    'model = dict(backbone=dict(type="VisionTransformer", '
    'embed_dims=1000000000000000000000))',
    'model = dict(backbone=dict(type="VisionTransformer", mlp_ratio=1e308))',
    'model = dict(backbone=dict(type="VisionTransformer", mlp_ratio="xx"))',
    'model = dict(backbone=dict(type="VisionTransformer", '
    'norm_cfg=dict(type="pathlib.Path.touch", self="RAN")))',
    'model = ' + '(' * 10**5,
    'model = ' + '-' * 10**5 + '1',
    'model = ' + 'dict(a=' * 90 + '1' + ')' * 90,
])
def test_a_hostile_config_runs_nothing_and_the_shapes_tell(
        run, text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    start = time.monotonic()
    weights = without(run[0], 'backbone.norm.bias')
    assert find_gaps(weights, 'ours', dict(cfg=text))
    assert list(tmp_path.iterdir()) == []
    assert time.monotonic() - start < 10
