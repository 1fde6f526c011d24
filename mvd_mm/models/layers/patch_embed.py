"""Cut a clip into tubelets and embed them, all or the visible ones."""
from typing import Optional, Sequence, Tuple, Union

import torch
from mmengine.model import BaseModule
from torch import Tensor, nn

from mvd_mm.utils.onednn import linear
from .token_split import TokenSplit, split_tokens

__all__ = ['TubeletEmbed', 'token_grid']


def token_grid(img_size: Sequence[int], patch_size: int, num_frames: int,
               tubelet_size: int) -> Tuple[int, int, int]:
    """Count the tokens of a clip along time, height and width.

    Args:
        img_size (Sequence[int]): Height and width, in pixels.
        patch_size (int): Side of a patch, in pixels.
        num_frames (int): Frames of a clip.
        tubelet_size (int): Frames of a tubelet.

    Returns:
        tuple[int, int, int]: T', H', W'.

    Raises:
        ValueError: If the frames are not a multiple of the tubelet, or the
            size not a multiple of the patch.
    """
    if num_frames % tubelet_size:
        raise ValueError(
            '`num_frames` must be a multiple of `tubelet_size`, got '
            f'{num_frames} frames and tubelets of {tubelet_size}: sample '
            f'{num_frames // tubelet_size * tubelet_size or tubelet_size} '
            'frames instead')
    for side in img_size:
        if side % patch_size:
            raise ValueError(
                '`img_size` must be a multiple of `patch_size`, got '
                f'{tuple(img_size)} and patches of {patch_size}: crop to '
                f'{side // patch_size * patch_size or patch_size} pixels '
                'instead')
    return (num_frames // tubelet_size, img_size[0] // patch_size,
            img_size[1] // patch_size)


class TubeletEmbed(BaseModule):
    """Linear embedding of tubelets, with the parameters of a ``Conv3d``.

    A convolution whose stride equals its kernel is one matrix product per
    tubelet. Written that way, only the visible tubelets have to be embedded.
    Parameters keep MMAction2's names: ``projection.weight`` has shape
    (D, C, t, p, p).

    Source: `VideoMAE <https://arxiv.org/abs/2203.12602>`_.

    Args:
        embed_dims (int): Width D of the tokens.
        patch_size (int): Side p of a patch, in pixels.
        tubelet_size (int): Frames t in a tubelet.
        in_channels (int): Channels C of the input.
    """

    def __init__(self,
                 embed_dims: int,
                 patch_size: int,
                 tubelet_size: int,
                 in_channels: int = 3) -> None:
        super().__init__()
        self.kernel = (tubelet_size, patch_size, patch_size)
        self.projection = nn.Conv3d(
            in_channels, embed_dims, self.kernel, stride=self.kernel)

    def forward(self,
                x: Tensor,
                mask: Optional[Union[Tensor, TokenSplit]] = None) -> Tensor:
        """Embed.

        Args:
            x (Tensor): Clips, shape (B, C, T, H, W).
            mask (Tensor or TokenSplit, optional): bool, shape (B, L), True
                means hidden; or what it splits into.

        Returns:
            Tensor: Tokens, shape (B, L, D), or (B, V, D) with a mask.

        Raises:
            ValueError: If the axes are in another order.
        """
        if x.ndim != 5 or x.shape[1] != self.projection.in_channels:
            number = self.projection.in_channels
            found = f'{x.shape[1]} channels' if x.ndim > 1 else 'one axis'
            raise ValueError(
                f'the clips have shape {tuple(x.shape)}, that is, {found}: '
                f'they must be (B, {number}, T, H, W), channels before time')
        batch, channels, frames, height, width = x.shape
        t, p, _ = self.kernel
        grid = token_grid((height, width), p, frames, t)
        x = x.reshape(batch, channels, grid[0], t, grid[1], p, grid[2], p)
        x = x.permute(0, 2, 4, 6, 1, 3, 5, 7)  # (B, T', H', W', C, t, p, p)
        if mask is not None:
            split = split_tokens(mask)
            shape = (len(split.visible), split.num_tokens)
            if shape != (batch, grid[0] * grid[1] * grid[2]):
                raise ValueError(
                    f'`mask` of shape {shape} does not fit '
                    f'{batch} clips of {grid[0]} x {grid[1]} x {grid[2]} '
                    'tokens: give the masking transform this grid')
            clip = torch.arange(batch, device=x.device).unsqueeze(1)
            row = split.visible // grid[2]
            # (B, V, C, t, p, p)
            x = x[clip, row // grid[1], row % grid[1], split.visible % grid[2]]
        x = x.reshape(batch, -1, channels * t * p * p)
        return linear(x, self.projection.weight.flatten(1),
                      self.projection.bias)
