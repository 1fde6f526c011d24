"""Loaders as published: frame by frame in Pillow, then in float32.

They draw with the transforms of this package, so that equal seeds give equal
numbers; the tests compare them.
"""
from typing import Any, Callable, Dict, List, Sequence, Tuple

import numpy as np
import torch
from PIL import Image, ImageEnhance, ImageOps
from torch import Tensor

__all__ = ['PlainAugmentation', 'PlainViews']

_MEAN = (123.675, 116.28, 103.53)
_STD = (58.395, 57.12, 57.375)
_BICUBIC = Image.Resampling.BICUBIC


def _images(frames: Sequence[np.ndarray]) -> List[Image.Image]:
    return [Image.fromarray(np.ascontiguousarray(frame)) for frame in frames]


class PlainViews:
    """Pre-training: two resizes, also to one size, each view normalised.

    Args:
        sides (tuple[int, int]): Of the student's and the image teacher's
            frames, in pixels.
    """

    def __init__(self, sides: Tuple[int, int]) -> None:
        self.sides = sides

    def __call__(self, results: dict) -> List[Tensor]:
        """Turn cropped frames into two clips, (3, T, H, W) float32."""
        images = _images(results['imgs'])
        return [self._clip(images, side) for side in self.sides]

    @staticmethod
    def _clip(images: List[Image.Image], side: int) -> Tensor:
        resized = [
            image.resize((side, side), Image.Resampling.BILINEAR)
            for image in images
        ]
        # frames beside each other in the channels: (H, W, T * 3)
        stacked = np.concatenate([np.asarray(image) for image in resized], 2)
        clip = torch.from_numpy(stacked).permute(2, 0, 1).contiguous()
        clip = clip.float().div(255)
        for index, channel in enumerate(clip):
            mean, std = _MEAN[index % 3] / 255, _STD[index % 3] / 255
            channel.sub_(mean).div_(std)
        # (T * 3, H, W) -> (3, T, H, W)
        return clip.view(len(images), 3, side, side).transpose(0, 1)


def _affine(*matrix: float) -> Callable[[Image.Image], Image.Image]:
    return lambda image: image.transform(
        image.size,
        Image.Transform.AFFINE,
        matrix,
        _BICUBIC,
        fillcolor=(128, 128, 128))


def _solarise_add(image: Image.Image, add: int) -> Image.Image:
    table = [min(255, v + add) if v < 128 else v for v in range(256)]
    return image.point(table * 3)


def _posterise(image: Image.Image, bits: int) -> Image.Image:
    return ImageOps.posterize(image, bits) if bits else image.point([0] * 768)


_OPERATIONS: Dict[str, Callable[..., Image.Image]] = dict(
    auto_contrast=ImageOps.autocontrast,
    equalise=ImageOps.equalize,
    invert=ImageOps.invert,
    rotate=lambda im, by: im.rotate(by, _BICUBIC, fillcolor=(128, 128, 128)),
    posterise=_posterise,
    solarise=ImageOps.solarize,
    solarise_add=_solarise_add,
    colour=lambda im, by: ImageEnhance.Color(im).enhance(by),
    contrast=lambda im, by: ImageEnhance.Contrast(im).enhance(by),
    brightness=lambda im, by: ImageEnhance.Brightness(im).enhance(by),
    sharpness=lambda im, by: ImageEnhance.Sharpness(im).enhance(by),
    shear_x=lambda im, by: _affine(1, by, 0, 0, 1, 0)(im),
    shear_y=lambda im, by: _affine(1, 0, 0, by, 1, 0)(im),
    translate_x=lambda im, by: _affine(1, 0, by * im.width, 0, 1, 0)(im),
    translate_y=lambda im, by: _affine(1, 0, 0, 0, 1, by * im.height)(im))


class PlainAugmentation:
    """Fine-tuning: RandAugment, normalise, crop, flip, erase.

    Args:
        rand_augment (ClipRandAugment): Draws operations; bicubic alone.
        crop (ClipRandomResizedCrop): Draws a box.
        flip_ratio (float): Probability of a flip.
        erasing (ClipRandomErasing): Draws a box, and noise.
    """

    def __init__(self, rand_augment: Any, crop: Any, flip_ratio: float,
                 erasing: Any) -> None:
        self.rand_augment, self.crop = rand_augment, crop
        self.flip_ratio, self.erasing = flip_ratio, erasing

    def __call__(self, frames: Sequence[np.ndarray]) -> Tensor:
        """Turn decoded frames into a clip, (3, T, H, W) float32."""
        images = _images(frames)
        for name, argument, _ in self.rand_augment.draw():
            arguments = () if argument is None else (argument, )
            images = [_OPERATIONS[name](image, *arguments) for image in images]
        tensors = [
            torch.from_numpy(np.array(image)).permute(2, 0, 1).contiguous()
            for image in images
        ]
        clip = torch.stack([tensor.float().div(255) for tensor in tensors])
        clip = clip.permute(0, 2, 3, 1)  # (T, H, W, 3)
        clip = (clip - torch.tensor(_MEAN) / 255) / (torch.tensor(_STD) / 255)
        clip = clip.permute(3, 0, 1, 2)  # (3, T, H, W)
        x, y, w, h = self.crop.draw_box(*clip.shape[2:])
        width, height = self.crop.size
        clip = torch.nn.functional.interpolate(
            clip[:, :, y:y + h, x:x + w], (height, width), mode='bilinear')
        if np.random.rand() < self.flip_ratio:
            clip = clip.flip(3)
        return self._erase(clip)

    def _erase(self, clip: Tensor) -> Tensor:
        if np.random.rand() >= self.erasing.prob:
            return clip
        box = self.erasing.draw_box(*clip.shape[2:])
        if box is None:
            return clip
        x, y, w, h = box
        clip = clip.permute(1, 0, 2, 3).contiguous()  # (T, 3, H, W)
        drawn = np.random.standard_normal((len(clip), h, w, 3))
        noise = torch.from_numpy(drawn.astype(np.float32))
        clip[:, :, y:y + h, x:x + w] = noise.permute(0, 3, 1, 2)
        return clip.permute(1, 0, 2, 3)
