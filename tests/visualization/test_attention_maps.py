"""Attention of a transformer, laid out on its tokens."""
import pytest
import torch

from mvd_mm.models import MVDVisionTransformer
from mvd_mm.visualization.attention_maps import (attention_maps,
                                                 attention_weights)


@pytest.fixture
def vit(vit_cfg, randomise):
    return randomise(MVDVisionTransformer(**vit_cfg())).eval()


@pytest.mark.parametrize('bias', [True, 'full', False])
def test_weights_give_what_the_fused_kernel_gives(vit_cfg, randomise, bias):
    vit = randomise(MVDVisionTransformer(**vit_cfg(qkv_bias=bias)))
    attention = vit.blocks[0].attn.eval()
    attention.num_heads = 1  # of one head the mean is the weight itself
    attention.scale = 32**-.5
    tokens = torch.randn(2, 5, 32)
    weights = attention_weights(attention, tokens)
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 5))
    added = None if bias is False else attention.qkv.bias
    if bias is True:
        added = torch.cat([
            attention.q_bias,
            torch.zeros_like(attention.v_bias), attention.v_bias
        ])
    value = torch.nn.functional.linear(tokens, attention.qkv.weight,
                                       added)[..., 64:]
    torch.testing.assert_close(
        attention.proj(weights @ value), attention(tokens))


def test_rollout_is_the_product_over_the_blocks(vit):
    clips = torch.randn(2, 3, 4, 32, 32)
    seen = []
    for block in vit.blocks:
        block.attn.register_forward_pre_hook(lambda m, i: seen.append(
            (attention_weights(m, i[0]) + torch.eye(32)) / 2))
    found = attention_maps(vit, clips, 'rollout')
    wanted = (seen[1] @ seen[0]).mean(1)
    torch.testing.assert_close(found.flatten(1), wanted)
    torch.testing.assert_close(found.sum((1, 2, 3)), torch.ones(2))


def test_last_is_the_last_block_on_its_grid(vit):
    clips = torch.randn(1, 3, 8, 32, 48)  # another grid than the network's
    seen = []
    vit.blocks[1].attn.register_forward_pre_hook(
        lambda m, i: seen.append(attention_weights(m, i[0])))
    found = attention_maps(vit, clips)
    assert found.shape == (1, 4, 4, 6)
    torch.testing.assert_close(found.flatten(1), seen[0].mean(1))
    assert not vit.blocks[0].attn._forward_pre_hooks  # nothing stays behind
    with pytest.raises(ValueError, match='`method`'):
        attention_maps(vit, clips, 'first')
