"""What is exported of a trained recogniser: pixels to scores."""
from typing import Any, Tuple

import torch
from mmengine.config import Config
from torch import Tensor, nn

__all__ = ['PixelsToScores', 'clip_shape']


class PixelsToScores(nn.Module):
    """Pixels of clips to class scores, normalisation included.

    Args:
        model (nn.Module): A recogniser of MMAction2 with a backbone and a
            ``cls_head``, in eval mode.
        dtype (torch.dtype): Of the network; scores are float32 in any case.
    """

    mean: Tensor
    std: Tensor

    def __init__(self,
                 model: nn.Module,
                 dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.backbone: Any = model.backbone
        self.cls_head: Any = model.cls_head
        self.dtype = dtype
        preprocessor: Any = model.data_preprocessor
        # (1, 3, 1, 1, 1)
        for name in ('mean', 'std'):
            values = getattr(preprocessor, name).detach().flatten().float()
            self.register_buffer(name, values.view(1, -1, 1, 1, 1))
        self.to(dtype)

    def forward(self, pixels: Tensor) -> Tensor:
        """Score.

        Args:
            pixels (Tensor): RGB, uint8, shape (B, 3, T, H, W).

        Returns:
            Tensor: Scores before the softmax, float32, shape (B, K).
        """
        clips = (pixels.to(self.dtype) - self.mean) / self.std
        return self.cls_head(self.backbone(clips)).float()


def clip_shape(model: nn.Module, cfg: Config) -> Tuple[int, int, int, int]:
    """Channels, frames, height and width that a recogniser is fed.

    Raises:
        TypeError: If the backbone is none of this package, whose clips are
            not known.
    """
    backbone: Any = model.backbone
    if not hasattr(backbone, 'grid_size') or not hasattr(
            backbone, 'tubelet_size'):
        raise TypeError(
            f'`model.backbone.type` is {cfg.model.backbone.get("type")!r}: '
            'only recognisers with mvd_mm.MVDVisionTransformer are exported '
            'here; for others there is MMDeploy')
    time, height, width = backbone.grid_size
    return (3, time * backbone.tubelet_size, height * backbone.patch_size,
            width * backbone.patch_size)
