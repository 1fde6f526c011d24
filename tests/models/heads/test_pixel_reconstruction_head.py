"""Targets of stage 1: pixels of the hidden tubelets, normalised."""
import pytest
import torch

from mvd_mm.models import PixelReconstructionHead
from mvd_mm.models.layers import TubeletEmbed

KERNEL = dict(patch_size=8, tubelet_size=2)


@pytest.fixture
def batch(draw_mask):
    """Clip of 2 x 3 x 4 tokens and a mask hiding 20 of 24."""
    return torch.randn(2, 3, 4, 24, 32) * 3 + 1, draw_mask(2, 24, 20)


def test_channel_target_has_statistics_per_tubelet_and_channel(batch):
    target = PixelReconstructionHead(
        **KERNEL, norm_target='channel').target(*batch)
    target = target.reshape(2, 20, 2 * 8 * 8, 3)
    torch.testing.assert_close(
        target.mean(2), torch.zeros(2, 20, 3), atol=1e-5, rtol=0)
    torch.testing.assert_close(
        target.std(2), torch.ones(2, 20, 3), atol=1e-5, rtol=0)


def test_patch_target_has_statistics_over_all_values(batch):
    clip, mask = batch
    clip[:, 0] += 10  # stays visible: channels are not normalised one by one
    target = PixelReconstructionHead(
        **KERNEL, norm_target='patch').target(clip, mask)
    torch.testing.assert_close(
        target.mean(2), torch.zeros(2, 20), atol=1e-5, rtol=0)
    torch.testing.assert_close(
        target.std(2), torch.ones(2, 20), atol=1e-5, rtol=0)
    channels = target.reshape(2, 20, -1, 3).mean(2)
    assert (channels[..., 0] - channels[..., 1]).min() > 1


@pytest.mark.parametrize('norm', ['channel', 'patch'])
def test_a_flat_patch_gives_no_nan(batch, norm):
    head = PixelReconstructionHead(**KERNEL, norm_target=norm)
    target = head.target(torch.ones(2, 3, 4, 24, 32), batch[1])
    assert (target == 0).all()


def test_tokens_stand_in_the_order_of_the_embedding(batch):
    clip, _ = batch
    embed = TubeletEmbed(embed_dims=1, **KERNEL)
    with torch.no_grad():  # the embedding then is the mean of the tubelet
        embed.projection.weight.fill_(1 / (3 * 2 * 8 * 8))
        embed.projection.bias.zero_()
    patches = PixelReconstructionHead(**KERNEL).patchify(clip)
    torch.testing.assert_close(patches.mean((2, 3)), embed(clip)[..., 0])


def test_values_stand_in_the_order_frame_row_column_channel(batch):
    clip, _ = batch
    patches = PixelReconstructionHead(**KERNEL).patchify(clip)
    token = 1 * 12 + 2 * 4 + 3  # second slice, last row, last column
    tubelet = clip[1, :, 2:4, 16:24, 24:32]  # (C, t, p, p)
    values = patches[1, token].reshape(2, 8, 8, 3)
    assert (values == tubelet.permute(1, 2, 3, 0)).all()


def test_clip_can_be_put_together_from_the_targets(batch):
    clip, _ = batch
    mask = torch.ones(2, 24).bool()
    target = PixelReconstructionHead(
        **KERNEL, norm_target='none').target(clip, mask)
    pieces = target.reshape(2, 2, 3, 4, 2, 8, 8, 3)
    rebuilt = pieces.permute(0, 7, 1, 4, 2, 5, 3, 6).reshape(clip.shape)
    assert (rebuilt == clip).all()


def test_pixels_are_colours_in_0_1(batch):
    pixels = torch.rand(2, 3, 4, 24, 32)
    mean, std = torch.tensor([[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]])
    clip = (pixels - mean.view(3, 1, 1, 1)) / std.view(3, 1, 1, 1)
    mask = batch[1]
    target = PixelReconstructionHead(
        **KERNEL, norm_target='pixels').target(clip, mask)
    expected = PixelReconstructionHead(
        **KERNEL, norm_target='none').target(pixels, mask)
    torch.testing.assert_close(target, expected, rtol=0, atol=1e-6)


def test_channel_adds_1e_6_to_the_deviation_of_colours_in_0_1(batch):
    # nearly flat: one value of 128 is off by 1e-4
    clip, mask = torch.zeros(2, 3, 4, 24, 32), batch[1]
    clip[:, :, ::2, ::8, ::8] = 1e-4
    target = PixelReconstructionHead(**KERNEL).target(clip, mask)
    target = target.reshape(2, 20, 128, 3)
    for channel, std in enumerate((0.229, 0.224, 0.225)):
        values = torch.zeros(128, dtype=torch.double)
        values[0] = 1e-4 * std
        expected = (values - values.mean()) / (values.std() + 1e-6)
        torch.testing.assert_close(
            target[0, 0, :, channel].double(), expected, rtol=1e-5, atol=1e-6)


def test_loss_is_the_mean_square_at_hidden_tokens(batch):
    clip, mask = batch
    head = PixelReconstructionHead(**KERNEL)
    target = head.target(clip, mask)
    assert head.loss(target, clip, mask) == 0
    torch.testing.assert_close(
        head.loss(target + 0.5, clip, mask), torch.tensor(0.25))


def test_visible_pixels_do_not_count(batch):
    clip, mask = batch
    head = PixelReconstructionHead(**KERNEL)
    hidden = (~mask).reshape(2, 1, 2, 3, 4).float()
    noise = torch.nn.functional.interpolate(hidden, scale_factor=(2, 8, 8))
    changed = head.target(clip + 9 * noise * torch.rand_like(clip), mask)
    assert (changed == head.target(clip, mask)).all()


def test_tubelet_of_one_frame(draw_mask):
    head = PixelReconstructionHead(
        patch_size=8, tubelet_size=1, norm_target='patch')
    target = head.target(torch.randn(2, 3, 1, 32, 32), draw_mask(2, 16, 12))
    assert target.shape == (2, 12, 8 * 8 * 3)


def test_rejects_unknown_normalisation():
    with pytest.raises(ValueError, match="`norm_target`.*'token'"):
        PixelReconstructionHead(norm_target='token')
