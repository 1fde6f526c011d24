"""The embedding is a strided Conv3d, also on the visible tubelets alone."""
import pytest
import torch
from torch import nn

from mvd_mm.models.layers import TubeletEmbed, token_grid


@pytest.fixture
def embed():
    return TubeletEmbed(embed_dims=16, patch_size=8, tubelet_size=2)


def conv(embed, clip):
    return embed.projection(clip).flatten(2).transpose(1, 2)  # (B, L, D)


@pytest.mark.parametrize('shape', [(4, 24, 24), (6, 16, 32), (2, 8, 8)])
def test_equals_the_convolution_it_stands_for(embed, shape):
    clip = torch.randn(2, 3, *shape)
    torch.testing.assert_close(
        embed(clip), conv(embed, clip), rtol=1e-5, atol=1e-5)


def test_gradients_equal_those_of_the_convolution(embed):
    clip = torch.randn(2, 3, 4, 24, 24)
    grad = torch.randn(2, 18, 16)
    embed(clip).backward(grad)
    ours = [p.grad.clone() for p in embed.parameters()]
    embed.zero_grad()
    conv(embed, clip).backward(grad)
    for a, b in zip(ours, embed.parameters()):
        torch.testing.assert_close(a, b.grad, rtol=1e-4, atol=1e-4)


def test_with_a_mask_gives_the_visible_rows(embed, draw_mask):
    clip = torch.randn(3, 3, 4, 24, 24)
    mask = draw_mask(3, 18, hidden=13)
    visible = embed(clip, mask)
    assert visible.shape == (3, 5, 16)
    everything = embed(clip)
    for row in range(3):  # each clip by its own mask, in token order
        torch.testing.assert_close(visible[row], everything[row][~mask[row]])


def test_parameters_are_those_of_mmaction(embed):
    shapes = {k: tuple(v.shape) for k, v in embed.state_dict().items()}
    assert shapes == {
        'projection.weight': (16, 3, 2, 8, 8),
        'projection.bias': (16, )
    }
    assert isinstance(embed.projection, nn.Conv3d)


def test_rejects_a_mask_of_another_grid(embed):
    with pytest.raises(ValueError, match=r'`mask`.*\(2, 9\).*2 x 3 x 3'):
        embed(torch.randn(2, 3, 4, 24, 24), torch.zeros(2, 9).bool())


def test_token_grid_counts_time_height_width():
    assert token_grid((224, 320), 16, 16, 2) == (8, 14, 20)


def test_rejects_frames_that_the_tubelet_does_not_divide(embed):
    with pytest.raises(ValueError, match='`num_frames`.*5 frames.*sample 4'):
        embed(torch.randn(1, 3, 5, 24, 24))
    with pytest.raises(ValueError, match='sample 2 frames'):
        token_grid((8, 8), 8, 1, 2)


def test_rejects_size_that_the_patch_does_not_divide(embed):
    with pytest.raises(ValueError, match=r'`img_size`.*\(24, 30\).*24 pixel'):
        embed(torch.randn(1, 3, 4, 24, 30))
