"""Loss between predicted and true pixels, for stage 1."""
from typing import Sequence, Tuple, Union

import torch
from mmengine.model import BaseModule
from torch import Tensor

from mvd_mm.registry import MODELS
from mvd_mm.utils.ranges import check_colours, check_counts
from ..layers import TokenSplit, split_tokens

__all__ = ['PixelReconstructionHead']


@MODELS.register_module()
class PixelReconstructionHead(BaseModule):
    """Mean squared error of normalised tubelets at the hidden positions.

    Args:
        patch_size (int): Side p of a patch, in pixels.
        tubelet_size (int): Frames t in a tubelet (1 for MAE on frames).
        norm_target (str): 'channel': each tubelet and channel has zero mean
            and unit variance (VideoMAE); 'patch': each tubelet as a whole
            (MAE); 'pixels': colours in 0..1 (VideoMAE without
            normalised targets); 'none': pixels as the network sees them.
        mean (Sequence[float]): Of the data preprocessor, per channel, in
            0..255; needed where a target is defined on colours in 0..1.
        std (Sequence[float]): Likewise.

    Source: section 3 of He et al. 2022 (MAE) and Tong et al. 2022
    (VideoMAE); targets compared.

    Raises:
        ValueError: If ``norm_target`` is not one of the four.
    """

    # added to the deviation of colours in 0..1 ('channel'), or to the variance
    # of what the network sees ('patch')
    eps = 1e-6

    def __init__(
        self,
        patch_size: int = 16,
        tubelet_size: int = 2,
        norm_target: str = 'channel',
        mean: Sequence[float] = (123.675, 116.28, 103.53),
        std: Sequence[float] = (58.395, 57.12, 57.375)
    ) -> None:
        super().__init__()
        check_counts(patch_size=patch_size, tubelet_size=tubelet_size)
        check_colours(mean, std)
        if norm_target not in ('channel', 'patch', 'pixels', 'none'):
            raise ValueError("`norm_target` must be 'channel', 'patch', "
                             f"'pixels' or 'none', got {norm_target!r}")
        # a colour in 0..1 is what the network sees, times scale, plus shift
        self.register_buffer('shift', torch.tensor(mean) / 255, False)
        self.register_buffer('scale', torch.tensor(std) / 255, False)
        self.kernel: Tuple[int, int,
                           int] = (tubelet_size, patch_size, patch_size)
        self.norm_target = norm_target

    def patchify(self, clip: Tensor) -> Tensor:
        """Cut into tubelets.

        Args:
            clip (Tensor): Shape (B, C, T, H, W).

        Returns:
            Tensor: Shape (B, L, t * p * p, C), float32.
        """
        x = self._cut(clip)
        return x.reshape(len(clip), -1, self._pixels, clip.shape[1])

    @property
    def _pixels(self) -> int:
        t, p, _ = self.kernel
        return t * p * p

    def _cut(self, clip: Tensor) -> Tensor:
        """A view of the shape (B, T', H', W', t, p, p, C), float32."""
        batch, channels, frames, height, width = clip.shape
        t, p, _ = self.kernel
        x = clip.float().reshape(batch, channels, frames // t, t, height // p,
                                 p, width // p, p)
        return x.permute(0, 2, 4, 6, 3, 5, 7, 1)

    def target(self, clip: Tensor, mask: Union[Tensor, TokenSplit]) -> Tensor:
        """Pixels of the hidden tubelets, normalised.

        Args:
            clip (Tensor): Normalised clip, shape (B, C, T, H, W).
            mask (Tensor or TokenSplit): bool, shape (B, L), True means
                hidden; or what it splits into.

        Returns:
            Tensor: Shape (B, M, t * p * p * C).
        """
        x, hidden = self._cut(clip), split_tokens(mask).hidden
        _, _, height, width = x.shape[:4]
        row = hidden // width
        first = torch.arange(len(clip), device=clip.device).unsqueeze(1)
        # the visible tubelets are not even copied; (B, M, t, p, p, C)
        x = x[first, row // height, row % height, hidden % width]
        patches = x.reshape(-1, self._pixels, clip.shape[1])
        if self.norm_target == 'channel':
            # the mean and the unit cancel, except beside eps
            std = patches.std(dim=1, keepdim=True) + self.eps / self.scale
            patches = (patches - patches.mean(dim=1, keepdim=True)) / std
        elif self.norm_target == 'patch':
            flat = patches.flatten(1)
            var = flat.var(dim=1, keepdim=True) + self.eps
            flat = (flat - flat.mean(dim=1, keepdim=True)) / var.sqrt()
            patches = flat.reshape(patches.shape)
        elif self.norm_target == 'pixels':
            patches = patches * self.scale + self.shift
        return patches.reshape(*hidden.shape, -1)

    def loss(self, pred: Tensor, clip: Tensor,
             mask: Union[Tensor, TokenSplit]) -> Tensor:
        """Compute the loss.

        Args:
            pred (Tensor): Decoder output, shape (B, M, t * p * p * C).
            clip (Tensor): As of :meth:`target`.
            mask (Tensor or TokenSplit): As of :meth:`target`.

        Returns:
            Tensor: Scalar.
        """
        return (pred.float() - self.target(clip, mask)).square().mean()
