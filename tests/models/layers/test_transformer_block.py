"""The block is MMAction2's; stochastic depth rises over the stack."""
import pytest
import torch
from mmaction.models.backbones.vit_mae import Block
from mmcv.cnn.bricks import DropPath

from mvd_mm.models.layers import (TransformerBlock, block_outputs,
                                  build_blocks, check_layers)


@pytest.mark.parametrize('init_values', [0., 0.1])
def test_equals_the_block_of_mmaction(init_values, randomise):
    host = randomise(Block(32, 4, init_values=init_values)).double()
    ours = TransformerBlock(32, 4, init_values=init_values).double()
    ours.load_state_dict(host.state_dict())
    x = torch.randn(2, 9, 32, dtype=torch.float64)
    torch.testing.assert_close(ours(x), host(x), rtol=1e-9, atol=1e-11)
    ours(x).square().mean().backward()
    host(x).square().mean().backward()
    theirs = dict(host.named_parameters())
    for name, param in ours.named_parameters():
        torch.testing.assert_close(
            param.grad, theirs[name].grad, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize('init_values', [1, 0.5])
def test_layer_scale_starts_at_its_value(init_values):
    block = TransformerBlock(32, 4, init_values=init_values)
    assert (block.gamma_1 == init_values).all()
    assert (block.gamma_2 == init_values).all()


def test_no_layer_scale_at_zero():
    assert not any('gamma' in k for k in TransformerBlock(32, 4).state_dict())


@pytest.mark.parametrize('qkv_bias, keys', [
    (True, {'attn.q_bias', 'attn.v_bias'}),
    ('full', {'attn.qkv.bias'}),
    (False, set()),
])
def test_biases_of_the_attention(qkv_bias, keys):
    names = TransformerBlock(32, 4, qkv_bias=qkv_bias).state_dict()
    found = {k for k in names if k.startswith('attn.') and 'bias' in k}
    assert found - {'attn.proj.bias'} == keys


def test_stochastic_depth_rises_linearly_from_zero():
    blocks = build_blocks(5, 0.2, embed_dims=32, num_heads=4)
    rates = [
        b.drop_path.drop_prob if isinstance(b.drop_path, DropPath) else 0.
        for b in blocks
    ]
    assert rates == pytest.approx([0, 0.05, 0.1, 0.15, 0.2])


def test_a_single_block_has_no_stochastic_depth():
    blocks = build_blocks(1, 0.2, embed_dims=32, num_heads=4)
    assert not isinstance(blocks[0].drop_path, DropPath)


def test_outputs_of_some_blocks():
    blocks = [torch.nn.Linear(3, 3) for _ in range(4)]
    tokens = torch.randn(2, 5, 3)
    second, third = block_outputs(blocks, tokens, (2, 3))
    assert (second == blocks[1](blocks[0](tokens))).all()
    assert (third == blocks[2](second)).all()


def test_no_block_runs_beyond_the_last_of_interest():
    blocks = [torch.nn.Identity(), torch.nn.Identity(), None]
    assert len(block_outputs(blocks, torch.ones(1, 1, 1), (1, 2))) == 2


@pytest.mark.parametrize('layers', [(), (0, ), (2, 1), (1, 1), (1, 5)])
def test_numbers_of_blocks_are_checked(layers):
    assert check_layers('layers', [1, 4], 4) == (1, 4)
    with pytest.raises(ValueError, match=r'`layers` must be .* from 1 to 4'):
        check_layers('layers', layers, 4)


@pytest.mark.parametrize('qkv_bias', [True, 'full', False])
@pytest.mark.parametrize('grad', [False, True])
def test_some_queries_give_what_all_give_there(qkv_bias, grad, randomise):
    block = randomise(TransformerBlock(32, 4, qkv_bias=qkv_bias))
    x, queries = torch.randn(2, 9, 32), slice(4, None)
    with torch.set_grad_enabled(grad):
        torch.testing.assert_close(
            block(x, queries=queries),
            block(x)[:, queries],
            rtol=1e-4,
            atol=1e-5)


def test_gradients_of_some_queries_are_those_of_all(randomise):
    block = randomise(TransformerBlock(32, 4)).double()
    x = torch.randn(2, 9, 32, dtype=torch.float64)
    grads = []
    for forward in (lambda: block(x, queries=slice(4, None)),
                    lambda: block(x)[:, 4:]):
        block.zero_grad()
        forward().square().mean().backward()
        grads.append([p.grad for p in block.parameters()])
    for a, b in zip(*grads):
        torch.testing.assert_close(a, b, rtol=1e-8, atol=1e-12)


def test_some_rows_of_the_batch_give_what_all_give_there(randomise):
    block = randomise(TransformerBlock(32, 4)).eval()
    x, rows = torch.randn(2, 9, 32), torch.tensor([0, 3, 8, 10])
    with torch.no_grad():
        found, expected = block(x, rows=rows), block(x).flatten(0, 1)[rows]
    torch.testing.assert_close(
        found, expected.unsqueeze(0), rtol=1e-4, atol=1e-5)
