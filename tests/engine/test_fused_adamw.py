"""AdamW in one pass: the same update, the same checkpoints."""
import copy

import pytest
import torch
from torch import nn

from mvd_mm.engine import FusedAdamW, fused_adamw
from mvd_mm.registry import OPTIMIZERS

OPTIONS = dict(lr=0.1, betas=(0.9, 0.95), weight_decay=0.05)


def run(optimizer, model, steps=3):
    for step in range(steps):
        batch = torch.full((2, 4), step + 1.)
        optimizer.zero_grad()
        model(batch).square().sum().backward()
        optimizer.step()


@pytest.fixture
def model():
    return nn.Sequential(nn.Linear(4, 5), nn.Linear(5, 2))


@pytest.fixture
def groups():

    def make(model):
        decayed = [p for p in model.parameters() if p.ndim > 1]
        others = [p for p in model.parameters() if p.ndim == 1]
        return [
            dict(params=decayed),
            dict(params=others, weight_decay=0., lr=0.01)
        ]

    return make


def assert_equal_weights(a, b):
    for one, other in zip(a.parameters(), b.parameters()):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6)


def test_updates_as_adamw(model, groups):
    other = copy.deepcopy(model)
    run(
        OPTIMIZERS.build(
            dict(type='mvd_mm.FusedAdamW', params=groups(model), **OPTIONS)),
        model)
    run(torch.optim.AdamW(groups(other), **OPTIONS), other)
    assert_equal_weights(model, other)


def test_is_fused_where_torch_is(model):
    supported = True
    try:
        torch.optim.AdamW(model.parameters(), fused=True)
    except RuntimeError:
        supported = False
    optimizer = FusedAdamW(model.parameters())
    assert bool(optimizer.param_groups[0]['fused']) is supported


def test_is_plain_where_torch_has_no_kernel(model, monkeypatch):
    init = torch.optim.AdamW.__init__

    def refuse(self, params, fused=None, **kwargs):
        if fused:
            raise RuntimeError('`fused=True` requires ...')
        init(self, params, **kwargs)

    monkeypatch.setattr(torch.optim.AdamW, '__init__', refuse)
    # a generator is used up by the first attempt
    optimizer = FusedAdamW((p for p in model.parameters()), **OPTIONS)
    before = model[0].weight.clone()
    run(optimizer, model)
    assert not optimizer.param_groups[0]['fused']
    assert (model[0].weight - before).abs().max() > 0.01


@pytest.mark.parametrize('first, second', [(torch.optim.AdamW, FusedAdamW),
                                           (FusedAdamW, torch.optim.AdamW)])
def test_goes_on_from_a_checkpoint_of_adamw(model, groups, first, second):
    straight = copy.deepcopy(model)
    run(torch.optim.AdamW(groups(straight), **OPTIONS), straight, 3)
    begun = first(groups(model), **OPTIONS)
    run(begun, model, 3)
    resumed = second(groups(model), **OPTIONS)
    resumed.load_state_dict(copy.deepcopy(begun.state_dict()))
    if second is FusedAdamW:
        assert [g['fused'] for g in resumed.param_groups] == [True, True]
    run(resumed, model, 2)
    other = torch.optim.AdamW(groups(straight), **OPTIONS)
    other.load_state_dict(copy.deepcopy(begun.state_dict()))
    run(other, straight, 2)
    assert_equal_weights(model, straight)


def test_rejects_a_misspelt_argument(model):
    with pytest.raises(TypeError, match='weight_decai'):
        fused_adamw.FusedAdamW(model.parameters(), weight_decai=0.1)
