"""Loss between predicted and true pixels, for stage 1."""
from typing import Tuple

from mmengine.model import BaseModule
from torch import Tensor

from mvd_mm.registry import MODELS

__all__ = ['PixelReconstructionHead']


@MODELS.register_module()
class PixelReconstructionHead(BaseModule):
    """Mean squared error of normalised tubelets at the hidden positions.

    Args:
        patch_size (int): Side p of a patch, in pixels.
        tubelet_size (int): Frames t in a tubelet (1 for MAE on frames).
        norm_target (str): 'channel': each tubelet and channel has zero mean
            and unit variance (VideoMAE); 'patch': each tubelet as a whole
            (MAE); 'none': pixels as they are.

    Source: section 3 of He et al. 2022 (MAE) and Tong et al. 2022
    (VideoMAE).

    Raises:
        ValueError: If ``norm_target`` is not one of the three.
    """

    eps = 1e-6

    def __init__(self,
                 patch_size: int = 16,
                 tubelet_size: int = 2,
                 norm_target: str = 'channel') -> None:
        super().__init__()
        if norm_target not in ('channel', 'patch', 'none'):
            raise ValueError("`norm_target` must be 'channel', 'patch' or "
                             f"'none', got {norm_target!r}")
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
        batch, channels, frames, height, width = clip.shape
        t, p, _ = self.kernel
        x = clip.float().reshape(batch, channels, frames // t, t, height // p,
                                 p, width // p, p)
        x = x.permute(0, 2, 4, 6, 3, 5, 7, 1)  # (B, T', H', W', t, p, p, C)
        return x.reshape(batch, -1, t * p * p, channels)

    def target(self, clip: Tensor, mask: Tensor) -> Tensor:
        """Pixels of the hidden tubelets, normalised.

        Returns:
            Tensor: Shape (B, M, t * p * p * C).
        """
        patches = self.patchify(clip)[mask]  # (B * M, t * p * p, C)
        if self.norm_target == 'channel':
            std = patches.std(dim=1, keepdim=True) + self.eps
            patches = (patches - patches.mean(dim=1, keepdim=True)) / std
        elif self.norm_target == 'patch':
            flat = patches.flatten(1)
            var = flat.var(dim=1, keepdim=True) + self.eps
            flat = (flat - flat.mean(dim=1, keepdim=True)) / var.sqrt()
            patches = flat.reshape(patches.shape)
        return patches.reshape(len(clip), -1, patches[0].numel())

    def loss(self, pred: Tensor, clip: Tensor, mask: Tensor) -> Tensor:
        """Compute the loss.

        Args:
            pred (Tensor): Decoder output, shape (B, M, t * p * p * C).
            clip (Tensor): Normalised clip, shape (B, C, T, H, W).
            mask (Tensor): bool, shape (B, L), True means hidden.

        Returns:
            Tensor: Scalar.
        """
        return (pred.float() - self.target(clip, mask)).square().mean()
