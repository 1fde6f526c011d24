"""Features of clips, from files or from arrays."""
from pathlib import Path
from typing import Any, Tuple, Union

import numpy as np
import torch
from mmaction.datasets.transforms import DecordDecode, FormatShape
from torch import Tensor, nn

from mvd_mm.datasets.transforms import (CheckedDecordInit, FlooredResize,
                                        StridedSampleFrames, ThreeCropViews)
from mvd_mm.models import MVDVisionTransformer

__all__ = ['clip_features', 'denormalise', 'normalise', 'read_clip', 'size_of']

# of ImageNet, in 0..255
_MEAN, _STD = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)


def read_clip(path: Union[str, Path],
              num_frames: int = 16,
              frame_interval: int = 4,
              size: int = 224) -> Tensor:
    """Read the clip in the middle of a video, as validation does.

    Args:
        path (str): A video.
        num_frames (int): Frames T of the clip.
        frame_interval (int): Every how-manieth frame of the video is taken.
        size (int): Side of the centre crop, in pixels, after the short side
            has been scaled to it.

    Returns:
        Tensor: Normalised, shape (1, 3, T, size, size).

    Raises:
        FileNotFoundError: If there is no such file.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f'`path` does not exist: {str(path)!r}')
    results: Any = dict(filename=str(path), start_index=0)
    for step in (CheckedDecordInit(),
                 StridedSampleFrames(
                     num_frames, frame_interval, num_clips=1,
                     test_mode=True), DecordDecode()):
        results = step(results)
    return _crop(results, size)


def clip_features(backbone: MVDVisionTransformer,
                  clip: Union[str, Path, np.ndarray, Tensor],
                  frame_interval: int = 4,
                  pool: bool = True) -> Tensor:
    """Compute the features of a clip, without gradients.

    Args:
        backbone (MVDVisionTransformer): See :func:`load_backbone`.
        clip (str, np.ndarray or Tensor): A video file, read by
            :func:`read_clip`; RGB frames, uint8 of shape (T, H, W, 3), which
            are scaled and cropped to the backbone's size; or normalised clips,
            floating point of shape (B, 3, T, H, W), taken as they are.
        frame_interval (int): Every how many frames of a video file one is
            taken.
        pool (bool): Mean of the tokens, or all of them.

    Returns:
        Tensor: Shape (B, D) or, without pooling, (B, L, D); B is 1 for a file
        and for frames. A network of single frames (MAE) sees each frame by
        itself.

    Raises:
        FileNotFoundError: If there is no such file.
        TypeError: If the clip is of another type.
        ValueError: If its axes are in another order; names the right one.
    """
    if isinstance(clip, (str, Path)):
        frames, side = size_of(backbone)
        frames = 16 if frames == 1 else frames
        clip = read_clip(clip, frames, frame_interval, side)
    else:
        clip = _normalised(backbone, clip)
    device = backbone.pos_embed.device
    single = backbone.tubelet_size == 1 and backbone.grid_size[0] == 1
    clip = clip.to(device)
    count = len(clip)
    if single:  # (B, 3, T, H, W) -> (B * T, 3, 1, H, W)
        clip = clip.transpose(1, 2).flatten(0, 1).unsqueeze(2)
    with torch.no_grad():
        tokens = backbone.norm(backbone.encode(clip))
        if backbone.cls_token is not None:
            tokens = tokens[:, 1:]
        tokens = tokens.reshape(count, -1, tokens.shape[-1])
        if not pool:
            return tokens
        closing: nn.Module = backbone.fc_norm or nn.Identity()
        return closing(tokens.mean(1))


def size_of(backbone: MVDVisionTransformer) -> Tuple[int, int]:
    """Frames and side, in pixels, that a backbone was built for.

    Raises:
        ValueError: If its clips are not square.
    """
    time, height, width = backbone.grid_size
    if height != width:
        raise ValueError(
            'files and frames are cropped to squares, but the backbone was '
            f'built for {height * backbone.patch_size} x '
            f'{width * backbone.patch_size} pixels: give normalised clips, '
            'floating point of shape (B, 3, T, H, W)')
    return time * backbone.tubelet_size, height * backbone.patch_size


def _normalised(backbone: MVDVisionTransformer, clip: Union[np.ndarray,
                                                            Tensor]) -> Tensor:
    """Check the axes; scale, crop and normalise what are pixels."""
    if not isinstance(clip, (np.ndarray, Tensor)):
        raise TypeError('`clip` must be a file name, an array or a tensor, '
                        f'got {type(clip).__name__}')
    tensor = torch.as_tensor(clip)
    shape = tuple(tensor.shape)
    if tensor.dtype == torch.uint8:
        if tensor.ndim != 4 or shape[-1] != 3:
            raise ValueError(
                '`clip` of type uint8 must be RGB frames of shape (T, H, W, '
                f'3), got {shape}{_advice(shape, -1, 4)}')
        frames = list(tensor.cpu().numpy())
        results = dict(
            imgs=frames,
            img_shape=shape[1:3],
            original_shape=shape[1:3],
            num_clips=1,
            clip_len=len(frames))
        return _crop(results, size_of(backbone)[1])
    if not tensor.is_floating_point():
        raise TypeError('`clip` must be uint8 (pixels) or floating point '
                        f'(normalised), got {tensor.dtype}')
    if tensor.ndim != 5 or shape[1] != 3:
        raise ValueError(
            '`clip` of floating point must be normalised clips of shape '
            f'(B, 3, T, H, W), got {shape}{_advice(shape, 1, 5)}')
    if tensor.numel() and tensor.abs().max() > 20:
        raise ValueError(
            '`clip` of floating point holds values up to '
            f'{float(tensor.abs().max()):.0f}: these are pixels. Give frames '
            'of type uint8 and shape (T, H, W, 3), or subtract mean and '
            'divide by deviation')
    return tensor.float()


def _advice(shape: Tuple[int, ...], wanted: int, ndim: int) -> str:
    """Where the channels seem to be, and how to move them."""
    if 3 in shape and len(shape) == ndim:
        axis = shape.index(3)
        return (f'; axis {axis} has 3 channels: '
                f'`np.moveaxis(clip, {axis}, {wanted})`')
    return ''


def _crop(results: Any, size: int) -> Tensor:
    for step in (FlooredResize(size), ThreeCropViews(size, num_crops=1),
                 FormatShape('NCTHW')):
        results = step(results)
    return normalise(torch.as_tensor(np.ascontiguousarray(results['imgs'])))


def normalise(pixels: Tensor) -> Tensor:
    """Subtract ImageNet's mean and divide by its deviation.

    Args:
        pixels (Tensor): RGB in 0..255, shape (B, 3, T, H, W).

    Returns:
        Tensor: float32, of the same shape and on the same device.
    """
    mean, std = _statistics(pixels)
    return (pixels.float() - mean) / std


def denormalise(clips: Tensor) -> Tensor:
    """Undo :func:`normalise`, for pictures.

    Args:
        clips (Tensor): Shape (B, 3, T, H, W).

    Returns:
        Tensor: RGB in 0..255, uint8, of the same shape.
    """
    mean, std = _statistics(clips)
    return (clips * std + mean).round().clamp(0, 255).to(torch.uint8)


def _statistics(like: Tensor) -> Tuple[Tensor, Tensor]:
    mean, std = (
        torch.tensor(v, device=like.device).view(1, 3, 1, 1, 1)
        for v in (_MEAN, _STD))
    return mean, std
