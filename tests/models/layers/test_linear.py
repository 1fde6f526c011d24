"""A layer that computes what ``nn.Linear`` does, on another product."""
import copy
import pickle

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from mvd_mm.models.layers import Linear
from mvd_mm.utils import onednn


@pytest.fixture
def pair():
    """A layer of the host and ours with the same parameters."""
    host = nn.Linear(24, 40)
    return host, Linear.of(host)


@pytest.mark.parametrize('gelu', [False, True])
@pytest.mark.parametrize('prepared', [False, True])
@pytest.mark.parametrize('grad', [False, True])
def test_equals_the_layer_of_the_host(pair, gelu, prepared, grad):
    host, ours = pair
    if prepared:
        ours.prepare()
    x = torch.randn(2, 9, 24)
    with torch.set_grad_enabled(grad):
        expected = F.gelu(host(x)) if gelu else host(x)
        torch.testing.assert_close(
            ours(x, gelu=gelu), expected, rtol=1e-5, atol=1e-6)


def test_gradients_are_those_of_the_host(pair):
    x = torch.randn(3, 24)
    grads = []
    for layer in pair:
        layer.zero_grad()
        layer(x).square().sum().backward()
        grads.append([p.grad.clone() for p in layer.parameters()])
    for a, b in zip(*grads):
        torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize('prepared', [False, True])
def test_autocast_rounds_as_the_layer_of_the_host(pair, prepared):
    host, ours = pair
    x = torch.randn(2, 9, 24)
    with torch.no_grad(), torch.autocast('cpu', torch.bfloat16):
        if prepared:
            ours.prepare()
        expected, out = host(x), ours(x)
    assert out.dtype == torch.bfloat16
    torch.testing.assert_close(out, expected, rtol=2**-7, atol=1e-2)


@pytest.mark.parametrize('dtype', [torch.float64, torch.float16])
def test_other_precisions_are_computed_too(pair, dtype):
    host, ours = (layer.to(dtype) for layer in pair)
    x = torch.randn(3, 24, dtype=dtype)
    with torch.no_grad():
        ours.prepare()
        torch.testing.assert_close(ours(x), host(x))


def test_another_bias_takes_the_place_of_its_own(pair):
    _, ours = pair
    x, bias = torch.randn(3, 24), torch.randn(40)
    with torch.no_grad():
        torch.testing.assert_close(
            ours(x, bias),
            F.linear(x, ours.weight, bias),
            rtol=1e-5,
            atol=1e-6)


def test_takes_over_parameters_and_draws_none():
    host = nn.Linear(4, 5)
    before = torch.get_rng_state()
    ours = Linear.of(host)
    assert torch.equal(torch.get_rng_state(), before)
    assert ours.weight is host.weight and ours.bias is host.bias
    assert Linear.of(nn.Linear(4, 5, bias=False)).bias is None


@pytest.mark.parametrize('change', [
    lambda layer: layer.weight.mul_(2),
    lambda layer: layer.bias.add_(1),
    lambda layer: layer.load_state_dict({
        k: 2 * v
        for k, v in layer.state_dict().items()
    }),
    lambda layer: setattr(layer, 'weight',
                          nn.Parameter(2 * layer.weight.detach())),
])
def test_changed_weights_are_prepared_anew(pair, change):
    _, ours = pair
    x = torch.randn(3, 24)
    with torch.no_grad():
        ours.prepare()
        before = ours(x)
        change(ours)
        ours.prepare()
        expected = F.linear(x, ours.weight, ours.bias)
        torch.testing.assert_close(ours(x), expected, rtol=1e-5, atol=1e-6)
    assert (expected - before).abs().max() > 0.1


def test_is_prepared_once_for_each_precision(pair, monkeypatch):
    _, ours = pair
    ours.prepare()
    first = ours._ready
    ours.prepare()
    assert ours._ready is first
    with torch.autocast('cpu', torch.bfloat16):
        ours.prepare()
    assert ours._ready is not first
    # where nothing is laid out anew, float32 keeps no copy
    monkeypatch.setattr(onednn, '_EXISTS', False)
    ours.prepare()
    assert ours._ready is None


def test_without_the_product_of_onednn(pair, monkeypatch):
    monkeypatch.setattr(onednn, '_EXISTS', False)
    host, ours = pair
    x = torch.randn(3, 24)
    with torch.no_grad():
        assert torch.equal(ours(x), host(x))
        with torch.autocast('cpu', torch.bfloat16):
            ours.prepare()
            assert ours._ready[1].dtype == torch.bfloat16
            assert torch.equal(ours(x), host(x))


def test_what_is_prepared_is_in_no_copy_and_no_state(pair):
    host, ours = pair
    ours.prepare()
    for other in (copy.deepcopy(ours), pickle.loads(pickle.dumps(ours))):
        assert other._ready is None
        assert torch.equal(other.weight, ours.weight)
    assert ours.state_dict().keys() == host.state_dict().keys()
