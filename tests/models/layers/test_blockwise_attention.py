"""Attention block by block: values, gradients, rounding, memory."""
import pytest
import torch
import torch.nn.functional as F

from mvd_mm.models.layers import FusedAttention, blockwise_attention
from mvd_mm.utils import onednn

pytestmark = pytest.mark.skipif(
    not onednn._EXISTS, reason='this build of PyTorch has no oneDNN')

SCALE = 0.3


@pytest.fixture
def small_blocks(monkeypatch):
    """Several blocks, some of them smaller, at sizes of a test."""
    monkeypatch.setattr(blockwise_attention, '_WEIGHTS', 8 * 13)
    monkeypatch.setattr(blockwise_attention, '_MIN_TOKENS', 2)


def heads(queries=21, keys=13, width=16, dtype=torch.float32):
    generator = torch.Generator().manual_seed(0)
    return [
        torch.randn(2, 3, n, width, generator=generator).to(dtype)
        for n in (queries, keys, keys)
    ]


def blockwise(query, key, value):
    return blockwise_attention.blockwise_attention(query, key, value, SCALE)


def fused(query, key, value):
    return F.scaled_dot_product_attention(query, key, value, scale=SCALE)


def written_out(query, key, value):
    """As published under autocast: softmax in float32, products rounded."""
    weights = (query * SCALE @ key.transpose(2, 3)).float().softmax(-1)
    return weights.to(value.dtype) @ value


def gradients(function, inputs):
    inputs = [x.clone().requires_grad_() for x in inputs]
    out = function(*inputs)
    grad = torch.linspace(-1, 1, out.numel()).view_as(out).to(out.dtype)
    return [out.detach(), *torch.autograd.grad(out, inputs, grad)]


@pytest.mark.parametrize('queries', [5, 8, 21])
def test_equals_attention_in_double_precision(queries, small_blocks):
    inputs = heads(queries)
    expected = gradients(fused, [x.double() for x in inputs])
    for a, b in zip(gradients(blockwise, inputs), expected):
        torch.testing.assert_close(a.double(), b, rtol=1e-5, atol=2e-6)


@pytest.mark.parametrize('weights', [1, 64 * 20, 64 * 64 * 4, 2**20])
def test_rounds_no_more_than_attention_written_out(weights, monkeypatch):
    # blocks of one query, of part of a head, of four of six heads, of all
    monkeypatch.setattr(blockwise_attention, '_WEIGHTS', weights)
    # large scores, where rounding them matters
    inputs = [3 * x for x in heads(64, 64, dtype=torch.bfloat16)]
    exact = gradients(fused, [x.double() for x in inputs])
    ours, plain = (gradients(f, inputs) for f in (blockwise, written_out))
    for a, b, c in zip(ours, plain, exact):
        error, allowed = (x.double().sub(c).norm() for x in (a, b))
        assert error <= 1.2 * allowed


@pytest.mark.parametrize('autocast', [False, True])
def test_attention_layer_takes_it_for_many_tokens(autocast, small_blocks,
                                                  monkeypatch, randomise):
    layer = randomise(FusedAttention(32, 2))
    x = torch.randn(2, 21, 32)
    results = []
    for tokens in (2, 1000):
        monkeypatch.setattr(blockwise_attention, '_MIN_TOKENS', tokens)
        with torch.autocast('cpu', torch.bfloat16, enabled=autocast):
            results.append([
                layer(x),
                layer(x, slice(3, 21)),
                layer(x, rows=torch.tensor([0, 40]))
            ])
    for a, b in zip(*results):
        assert a.dtype == b.dtype and a.shape == b.shape
        if autocast:
            torch.testing.assert_close(a, b, rtol=2e-2, atol=2e-2)
        else:
            assert not torch.equal(a, b)  # computed in another way
            torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-5)


def test_is_left_aside_where_it_cannot_be_used(small_blocks, monkeypatch):
    query, key, _ = heads()
    attends = blockwise_attention.attends_blockwise
    assert attends(query, key)
    assert not attends(query.double(), key.double())
    assert not attends(query[:, :, :1], key)
    assert not attends(query.to('meta'), key.to('meta'))
    compiled = torch.compile(attends, backend='eager')
    assert not compiled(query, key)
    monkeypatch.setattr(onednn, '_EXISTS', False)
    assert not attends(query, key)


def test_dropout_of_the_weights_still_drops(small_blocks, randomise):
    layer = randomise(FusedAttention(32, 2, attn_drop_rate=0.5))
    x = torch.randn(2, 21, 32)
    assert (layer.train()(x) - layer.eval()(x)).abs().max() > 1e-3


def test_keeps_nothing_of_the_size_of_the_weights():
    number = 1024
    inputs = [
        torch.randn(1, 2, number, 16, requires_grad=True) for _ in range(3)
    ]
    kept = []

    def pack(tensor):
        kept.append(tensor.numel())
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda x: x):
        blockwise(*inputs)
    assert max(kept) == inputs[0].numel()
