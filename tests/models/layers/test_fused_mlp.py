"""The MLP of a block, against mmcv's."""
import pytest
import torch
from mmcv.cnn.bricks.transformer import FFN

from mvd_mm.models.layers import FusedMLP


@pytest.fixture
def ffn():
    return FFN(16, 48, act_cfg=dict(type='GELU'), add_identity=False)


@pytest.mark.parametrize('grad', [False, True])
def test_equals_mmcv(ffn, grad):
    x = torch.randn(2, 9, 16)
    with torch.set_grad_enabled(grad):
        expected = ffn(x)
        torch.testing.assert_close(
            FusedMLP(ffn)(x), expected, rtol=1e-5, atol=1e-6)


def test_names_and_values_are_kept(ffn):
    before = {k: v.clone() for k, v in ffn.state_dict().items()}
    state = FusedMLP(ffn).state_dict()
    assert state.keys() == before.keys()
    assert all(torch.equal(state[k], before[k]) for k in before)


def test_dropout_acts_after_both_layers():
    ffn = FFN(
        16, 48, act_cfg=dict(type='GELU'), ffn_drop=0.5, add_identity=False)
    torch.manual_seed(3)
    expected = ffn(torch.ones(4, 16))
    torch.manual_seed(3)
    torch.testing.assert_close(FusedMLP(ffn)(torch.ones(4, 16)), expected)
