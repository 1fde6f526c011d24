"""The logged norm against the gradients themselves."""
from types import SimpleNamespace

import pytest
import torch
from mmengine.logging import MessageHub
from mmengine.optim import OptimWrapper
from torch import nn

from mvd_mm.engine import GradNormHook


def logged():
    scalars = MessageHub.get_current_instance().log_scalars
    history = scalars.get('train/grad_norm')
    return [] if history is None else history.data[0].tolist()


@pytest.fixture(autouse=True)
def clean():
    hub = MessageHub.get_current_instance()
    hub.log_scalars.pop('train/grad_norm', None)
    yield
    hub.log_scalars.pop('train/grad_norm', None)


def watch(wrapper, model):
    GradNormHook().before_train(
        SimpleNamespace(optim_wrapper=wrapper, model=model))


@pytest.mark.parametrize('count', [1, 3])
def test_equals_the_norm_of_the_accumulated_gradients(count):
    model = nn.Sequential(nn.Linear(4, 5), nn.Linear(5, 2))
    wrapper = OptimWrapper(
        torch.optim.AdamW(model.parameters(), lr=1e-3),
        accumulative_counts=count)
    wrapper.initialize_count_status(model, 0, 2 * count)
    watch(wrapper, model)
    for update in range(2):
        batches = torch.randn(count, 6, 4)
        loss = model(batches).square().mean((1, 2)).mean()
        gradients = torch.autograd.grad(loss, list(model.parameters()))
        expected = torch.cat([g.flatten() for g in gradients]).norm().item()
        for batch in batches:
            wrapper.update_params(model(batch).square().mean())
        assert len(logged()) == update + 1
        assert logged()[-1] == pytest.approx(expected, rel=1e-5)


def test_changes_no_gradient():
    models = [nn.Linear(4, 2) for _ in range(2)]
    models[1].load_state_dict(models[0].state_dict())
    batch = torch.randn(8, 4)
    for index, model in enumerate(models):
        wrapper = OptimWrapper(torch.optim.SGD(model.parameters(), lr=10.))
        if index:
            watch(wrapper, model)
        wrapper.update_params(model(batch).square().mean())
    assert torch.equal(models[0].weight, models[1].weight)
    assert len(logged()) == 1


def test_leaves_the_log_to_mmengine_where_it_clips():
    model = nn.Linear(4, 2)
    wrapper = OptimWrapper(
        torch.optim.SGD(model.parameters(), lr=1.),
        clip_grad=dict(max_norm=1e-3))
    watch(wrapper, model)
    wrapper.update_params(model(torch.randn(8, 4)).square().mean())
    assert len(logged()) == 1  # MMEngine's own
