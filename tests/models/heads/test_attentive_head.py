"""One cross-attention block from a learned query."""
import pytest
import torch

from mvd_mm.models.heads import AttentiveHead


@pytest.fixture
def head(randomise):
    return randomise(AttentiveHead(3, 8, num_heads=2)).eval()


def test_order_of_the_tokens_does_not_count_but_each_token_does(head):
    tokens = torch.randn(2, 6, 8)
    scores = head(tokens)
    assert scores.shape == (2, 3)
    torch.testing.assert_close(
        head(tokens[:, torch.randperm(6)]), scores, rtol=1e-4, atol=1e-5)
    changed = tokens.clone()
    changed[:, 3] = torch.randn(2, 8)
    assert (head(changed) - scores).abs().max() > 1e-4


def test_attention_is_the_softmax_of_scaled_products(head):
    tokens = torch.randn(1, 5, 8)
    normed = head.norm_tokens(tokens)[0]
    q_weight, k_weight, v_weight = head.attn.in_proj_weight.chunk(3)
    q_bias, k_bias, v_bias = head.attn.in_proj_bias.chunk(3)
    query = head.query[0] @ q_weight.T + q_bias  # (1, D)
    key, value = normed @ k_weight.T + k_bias, normed @ v_weight.T + v_bias
    mixed = []
    for part in (slice(0, 4), slice(4, 8)):  # two heads
        weight = (query[:, part] @ key[:, part].T / 2).softmax(1)  # sqrt(4)
        mixed.append(weight @ value[:, part])
    out = head.query[0] + head.attn.out_proj(torch.cat(mixed, 1))
    out = out + head.mlp(head.norm_mlp(out))
    torch.testing.assert_close(
        head(tokens), head.fc_cls(head.norm(out)), rtol=1e-4, atol=1e-5)


def test_every_parameter_learns(head):
    head(torch.randn(2, 6, 8)).square().sum().backward()
    for name, param in head.named_parameters():
        assert param.grad is not None and param.grad.abs().max() > 0, name


def test_refuses_a_mean_of_tokens(head):
    with pytest.raises(ValueError, match='use_mean_pooling=False'):
        head(torch.randn(2, 8))


def test_refuses_heads_that_do_not_divide_the_width():
    with pytest.raises(ValueError, match='`in_channels`.*10 and 4'):
        AttentiveHead(3, 10, num_heads=4)
