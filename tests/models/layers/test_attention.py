"""Fused attention computes what MMAction2's written-out attention does."""
import pytest
import torch
from mmaction.models.backbones.vit_mae import Attention
from torch import nn

from mvd_mm.models.layers import FusedAttention


def compare(ours, host):
    """Values, and gradients of input and parameters, in double precision."""
    ours.double(), host.double()
    ours.load_state_dict(host.state_dict())
    x = torch.randn(2, 9, 32, dtype=torch.float64)
    grad = torch.randn_like(x)
    results = []
    for module in (ours, host):
        leaf = x.clone().requires_grad_()
        out = module(leaf)
        out.backward(grad)
        results.append([out, leaf.grad] +
                       [p.grad for _, p in sorted(module.named_parameters())])
    assert len(results[0]) == len(results[1])
    for a, b in zip(*results):
        torch.testing.assert_close(a, b, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize('qk_scale', [None, 0.3])
@pytest.mark.parametrize('qkv_bias', [True, False])
def test_equals_written_out_attention(qkv_bias, qk_scale, randomise):
    host = randomise(Attention(32, 4, qkv_bias=qkv_bias, qk_scale=qk_scale))
    compare(FusedAttention(32, 4, qkv_bias, qk_scale), host)


def test_full_bias_equals_written_out_attention(randomise):
    host = Attention(32, 4, qkv_bias=False)
    host.qkv = nn.Linear(32, 96)
    compare(FusedAttention(32, 4, 'full'), randomise(host))


def test_key_bias_of_the_full_bias_changes_nothing(randomise):
    attention = randomise(FusedAttention(32, 4, 'full')).double()
    x = torch.randn(2, 9, 32, dtype=torch.float64)
    before = attention(x)
    with torch.no_grad():
        attention.qkv.bias[32:64] += 5
    torch.testing.assert_close(attention(x), before)
    with torch.no_grad():
        attention.qkv.bias[64:] += 5
    assert (attention(x) - before).abs().max() > 0.1


@pytest.mark.parametrize('rate', ['attn_drop_rate', 'drop_rate'])
def test_dropout_acts_in_training_only(rate, randomise):
    plain = randomise(FusedAttention(32, 4))
    dropping = FusedAttention(32, 4, **{rate: 0.5})
    dropping.load_state_dict(plain.state_dict())
    x = torch.randn(2, 9, 32)
    torch.testing.assert_close(dropping.eval()(x), plain(x))
    assert (dropping.train()(x) - plain(x)).abs().max() > 1e-3


def test_rejects_width_that_heads_do_not_divide():
    with pytest.raises(ValueError, match='`embed_dims`.*30 and 4'):
        FusedAttention(30, 4)


@pytest.mark.parametrize('qkv_bias', ['qv', None, 2])
def test_rejects_unknown_bias(qkv_bias):
    with pytest.raises(ValueError, match='`qkv_bias`'):
        FusedAttention(32, 4, qkv_bias)
