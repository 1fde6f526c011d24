"""A checkpoint that MMEngine would load in part stops the run."""
from types import SimpleNamespace

import pytest
import torch
from mmengine.model import BaseModel
from mmengine.registry import HOOKS
from mmengine.runner import Runner
from torch import nn

from mvd_mm.apis.command_line import build_runner
from mvd_mm.engine import StrictLoadingHook
from mvd_mm.models import MVDVisionTransformer


class Holder(BaseModel):
    """A model with a part of this package."""

    def __init__(self, vit_cfg):
        super().__init__()
        self.backbone = MVDVisionTransformer(**vit_cfg)

    def forward(self, inputs, data_samples=None, mode='tensor'):
        return self.backbone(inputs)


@pytest.fixture
def load(tmp_path):
    """Load a state dict as a runner with this hook does."""

    def run(model, state_dict, **options):
        path = tmp_path / 'epoch_1.pth'
        torch.save(dict(state_dict=state_dict), path)
        runner = SimpleNamespace(model=model, _load_from=str(path))
        hook = HOOKS.build(dict(type='mvd_mm.StrictLoadingHook', **options))
        runner.call_hook = lambda name, checkpoint: getattr(hook, name)(
            runner, checkpoint=checkpoint)
        runner.logger = SimpleNamespace(info=print)
        Runner.load_checkpoint(runner, str(path))

    return run


def test_nothing_is_loaded_of_a_checkpoint_that_does_not_fit(load, vit_cfg):
    model = Holder(vit_cfg())
    before = {k: v.clone() for k, v in model.state_dict().items()}
    weights = {
        k: v + 1
        for k, v in model.state_dict().items() if not k.endswith('pos_embed')
    }
    del weights['backbone.blocks.1.norm1.weight']
    with pytest.raises(
            ValueError, match='epoch_1.pth.*backbone.blocks.1.norm1.weight'):
        load(model, weights)
    assert all(
        torch.equal(model.state_dict()[k], v) for k, v in before.items())


def test_names_of_a_classifier_as_published_are_known(load, golden):
    model = Holder(
        dict(img_size=24, patch_size=8, embed_dims=32, depth=3, num_heads=4))
    weights = golden('finetune_plain', 'model/')
    head = {k: weights.pop(k) for k in ('head.weight', 'head.bias')}
    load(model, weights)
    assert torch.equal(model.backbone.blocks[2].mlp.layers[1].weight,
                       weights['blocks.2.mlp.fc2.weight'])
    load(model, {**weights, **head})  # it has no classifier: left out
    with pytest.raises(KeyError, match="'extra.bias'"):
        load(model, {**weights, 'extra.bias': torch.ones(1)})


def test_a_model_of_another_package_is_left_to_mmengine(load):
    model = nn.Linear(2, 2)
    load(model, dict(weight=torch.ones(2, 2), other=torch.ones(1)))
    assert (model.weight == 1).all()


def test_the_tools_add_it_once(monkeypatch):
    for own in ([], [StrictLoadingHook(['cls_head.'])]):
        runner = SimpleNamespace(hooks=list(own))
        runner.register_hook = runner.hooks.append
        monkeypatch.setattr(Runner, 'from_cfg', lambda cfg: runner)
        monkeypatch.setattr('mvd_mm.apis.command_line.check_config',
                            lambda cfg: None)

        class Config(dict):
            launcher = 'none'

        build_runner(Config(), SimpleNamespace(cfg_options=None))
        hook, = runner.hooks
        assert isinstance(hook, StrictLoadingHook)
        assert not own or hook is own[0]


def test_a_run_is_not_resumed_from_weights_alone():
    hook = StrictLoadingHook()
    runner = SimpleNamespace(
        model=nn.Linear(1, 1), _load_from='x.pth', _resume=True)
    weights = dict(state_dict={})
    with pytest.raises(ValueError, match='x.pth.*weights alone.*load_from'):
        hook.after_load_checkpoint(runner, weights)
    hook.after_load_checkpoint(
        runner,
        dict(
            weights, optimizer={}, message_hub={}, meta=dict(epoch=1, iter=2)))
    runner._resume = False
    hook.after_load_checkpoint(runner, weights)


def test_a_file_without_names_is_refused():
    runner = SimpleNamespace(model=nn.Linear(1, 1), _load_from='x.pth')
    with pytest.raises(ValueError, match="'x.pth' holds a list"):
        StrictLoadingHook().after_load_checkpoint(runner, [1])
