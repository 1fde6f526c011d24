"""bfloat16 wherever the model is; accumulation is the parent's."""
import pytest
import torch
from mmengine.device import get_device
from mmengine.optim import OptimWrapper
from torch import nn

from mvd_mm.engine import AutocastOptimWrapper, autocast_optim_wrapper


def build(model, dtype, **options):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    return AutocastOptimWrapper(dtype=dtype, optimizer=optimizer, **options)


@pytest.fixture
def model():
    return nn.Linear(8, 4).to(get_device())


@pytest.fixture
def batch():
    return torch.randn(6, 8, device=get_device())


@pytest.mark.parametrize('dtype, computed', [('bfloat16', torch.bfloat16),
                                             ('float32', torch.float32)])
def test_a_step_computes_linear_layers_in(model, batch, dtype, computed):
    wrapper = build(model, dtype)
    before = model.weight.clone()
    with wrapper.optim_context(model):
        out = model(batch)
    assert out.dtype == computed
    assert model(batch).dtype == torch.float32  # outside of the context
    wrapper.update_params(out.float().square().mean())
    assert model.weight.dtype == torch.float32
    assert (model.weight != before).any()


def test_float32_equals_the_wrapper_of_mmengine(model, batch):
    twin = nn.Linear(8, 4).to(get_device())
    twin.load_state_dict(model.state_dict())
    theirs = OptimWrapper(torch.optim.SGD(twin.parameters(), lr=0.1))
    for net, wrapper in ((model, build(model, 'float32')), (twin, theirs)):
        with wrapper.optim_context(net):
            loss = net(batch).square().mean()
        wrapper.update_params(loss)
    assert (model.weight == twin.weight).all()


@pytest.mark.parametrize('dtype, tolerance', [('float32', 1e-6),
                                              ('bfloat16', 2e-3)])
def test_accumulating_two_batches_equals_one_of_both(model, batch, dtype,
                                                     tolerance):
    twin = nn.Linear(8, 4).to(get_device())
    twin.load_state_dict(model.state_dict())
    start = model.weight.clone()
    wrapper = build(model, dtype, accumulative_counts=2)
    wrapper.initialize_count_status(model, 0, 2)
    for half in batch.split(3):
        assert (model.weight == start).all()
        with wrapper.optim_context(model):
            loss = model(half).float().square().mean()
        wrapper.update_params(loss)
    whole = build(twin, dtype)
    with whole.optim_context(twin):
        loss = twin(batch).float().square().mean()
    whole.update_params(loss)
    torch.testing.assert_close(
        model.weight, twin.weight, atol=tolerance, rtol=0)
    assert (model.weight - start).abs().max() > 10 * tolerance


@pytest.mark.parametrize('fastest', [torch.bfloat16, torch.float32])
def test_auto_takes_what_the_hardware_computes_fastest(model, batch,
                                                       monkeypatch, fastest):
    monkeypatch.setattr(autocast_optim_wrapper, 'fastest_dtype',
                        lambda device: fastest)
    wrapper = build(model, 'auto')
    with wrapper.optim_context(model):
        assert model(batch).dtype == fastest


def test_float16_is_refused_with_the_way_out(model):
    with pytest.raises(
            ValueError, match="`dtype`.*'float16'.*AmpOptimWrapper"):
        build(model, 'float16')


@pytest.mark.parametrize('dtype', ['bf16', None, 'float64'])
def test_rejects_unknown_precision(model, dtype):
    with pytest.raises(ValueError, match=f'`dtype`.*bfloat16.*{dtype}'):
        build(model, dtype)


@pytest.mark.parametrize('asked, used', [('auto', 'bfloat16'),
                                         ('float32', 'float32')])
def test_a_resumed_run_keeps_the_precision_that_was_chosen(
        model, monkeypatch, asked, used):
    said = []
    monkeypatch.setattr(autocast_optim_wrapper, 'print_log',
                        lambda text, logger: said.append(text))
    monkeypatch.setattr(autocast_optim_wrapper, 'fastest_dtype',
                        lambda device: torch.bfloat16)
    saved = build(model, 'auto').state_dict()
    monkeypatch.setattr(autocast_optim_wrapper, 'fastest_dtype',
                        lambda device: torch.float32)
    wrapper = build(model, asked)
    wrapper.load_state_dict(saved)
    assert str(wrapper.cast_dtype) == f'torch.{used}'
    assert 'bfloat16 in the checkpoint, float32 here' in said[0]


def test_a_state_of_an_older_version_is_read(model):
    wrapper = build(model, 'float32')
    state = wrapper.state_dict()
    del state['cast_dtype']
    wrapper.load_state_dict(state)
    assert wrapper.cast_dtype == torch.float32
