"""MAE as the image teacher."""
from typing import Optional, Tuple

import torch
from torch import Tensor

from mvd_mm.registry import MODELS
from .frozen_teacher import FrozenTeacher

__all__ = ['MAEImageTeacher']


@MODELS.register_module()
class MAEImageTeacher(FrozenTeacher):
    """Features of an MAE encoder on single frames of a clip.

    Source: `Masked Video Distillation <https://arxiv.org/abs/2212.04500>`_,
    image teacher; features compared with the published code.

    Args:
        vit (dict): Arguments of :class:`MVDVisionTransformer` for one frame,
            e.g. its own ``img_size`` and ``patch_size``; class token, 2-D
            positions and MAE's full qkv bias are set here.
        num_frames (int): Frames T in the student's clip.
        tubelet_size (int): Frames in the student's tubelet.
        all_frames (bool): False: frame 0 of each tubelet (all published
            recipes). True: every frame; the features of a tubelet's frames
            are concatenated along the width, frame after frame.
        view (str): Key of the inputs to look at; 'imgs_image_teacher' where
            the teacher has a resolution of its own (H/14 at 196).
        checkpoint (str, optional): See :class:`FrozenTeacher`.
        random_init (bool): See :class:`FrozenTeacher`.

    Raises:
        ValueError: If the frames are not a multiple of the tubelet.
    """

    def __init__(self,
                 vit: dict,
                 num_frames: int = 16,
                 tubelet_size: int = 2,
                 all_frames: bool = False,
                 view: str = 'imgs',
                 checkpoint: Optional[str] = None,
                 random_init: bool = False) -> None:
        super().__init__(
            dict(
                num_frames=1,
                tubelet_size=1,
                with_cls_token=True,
                qkv_bias='full',
                pos_embed_type='sincos_2d',
                **vit), checkpoint, random_init)
        if num_frames % tubelet_size:
            raise ValueError('`num_frames` must be a multiple of '
                             f'`tubelet_size`, got {num_frames} and '
                             f'{tubelet_size}')
        self.num_frames = num_frames
        self.tubelet_size = tubelet_size
        self.all_frames = all_frames
        self.view = view

    @property
    def grid_size(self) -> Tuple[int, int, int]:
        """Token grid (T, H, W) of the targets."""
        return (self.num_frames // self.tubelet_size, *self.vit.grid_size[1:])

    @property
    def out_channels(self) -> int:
        """Width F of the targets."""
        width = self.vit.embed_dims
        return width * self.tubelet_size if self.all_frames else width

    def extract_targets(self, clip: Tensor) -> Tensor:
        """Targets of all tokens.

        A view of T / tubelet_size frames is taken to be the first frames of
        the tubelets already.

        Args:
            clip (Tensor): Shape (B, 3, T, H, W).

        Returns:
            Tensor: Shape (B, L, F).

        Raises:
            ValueError: If the clip has another number of frames.
        """
        slices, _, _ = self.grid_size
        # drop the class token
        tokens = self.vit.encode(self._images(clip))[:, 1:]
        tokens = tokens.reshape(len(clip), slices, -1, *tokens.shape[1:])
        # (B, slices, frames of a tubelet, H' * W', D)
        return tokens.permute(0, 1, 3, 2,
                              4).reshape(len(clip), -1, self.out_channels)

    def extract_hidden(self, clip: Tensor, hidden: Tensor) -> Tensor:
        """Targets of the hidden tokens; only these pass the last block.

        Args:
            clip (Tensor): Shape (B, 3, T, H, W).
            hidden (Tensor): Their indices, int64, shape (B, M).

        Returns:
            Tensor: Shape (B, M, F).

        Raises:
            ValueError: If the clip has another number of frames.
        """
        feats = self.vit.encode(self._images(clip), rows=self._rows(hidden))
        return feats.reshape(*hidden.shape, -1)

    def _images(self, clip: Tensor) -> Tensor:
        """The frames that count, (B, 3, T, H, W) to (B * T', 3, 1, H, W)."""
        _, channels, frames, height, width = clip.shape
        slices, _, _ = self.grid_size
        if not self.all_frames and frames == self.num_frames:
            clip = clip[:, :, ::self.tubelet_size]
        expected = self.num_frames if self.all_frames else slices
        if clip.shape[2] != expected:
            raise ValueError(
                f'`{self.view}` has {frames} frames, the image teacher is '
                f'built for {self.num_frames} frames in tubelets of '
                f'{self.tubelet_size} (`all_frames={self.all_frames}`)')
        clip = clip.transpose(1, 2)  # (B, T', 3, H, W)
        return clip.reshape(-1, channels, 1, height, width)

    def _rows(self, hidden: Tensor) -> Tensor:
        """Tokens of all images that make up the hidden tokens of the clips."""
        slices, height, width = self.grid_size
        frames = self.tubelet_size if self.all_frames else 1
        device = hidden.device
        clip = torch.arange(len(hidden), device=device).reshape(-1, 1, 1)
        hidden = hidden.unsqueeze(2)  # (B, M, 1)
        image = (clip * slices + hidden // (height * width)) * frames
        image = image + torch.arange(frames, device=device)  # (B, M, frames)
        # each image has a class token first
        rows = image * (1 + height * width) + 1 + hidden % (height * width)
        return rows.flatten()
