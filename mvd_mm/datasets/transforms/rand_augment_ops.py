"""The fifteen operations of RandAugment's "increasing" set, on whole clips.

Every function takes frames (T, H, W, 3), uint8, and returns new ones. Pillow
does the work, because the published recipe used Pillow. OpenCV would give
other pixels: its warps round coordinates to 1/32 pixel, and its grey
conversion and its filters round differently. Where an operation maps each
pixel value on its own, Pillow (or a line of arithmetic) gives the 256 results
once, and OpenCV's ``LUT`` looks them up in the whole clip: the same bits, many
times faster.
"""
from functools import partial
from typing import Callable, Dict, NamedTuple, Optional

import cv2
import numpy as np
from PIL import Image, ImageEnhance, ImageOps

__all__ = ['Operation', 'OPERATIONS']

_VALUES = np.arange(256, dtype=np.uint8)


def _look_up(frames: np.ndarray, table: np.ndarray) -> np.ndarray:
    # (T, H, W, 3) -> (T * H, W * 3): one call, one channel
    flat = np.ascontiguousarray(frames).reshape(len(frames), -1)
    return cv2.LUT(flat, table.astype(np.uint8)).reshape(frames.shape)


def _per_frame(frames: np.ndarray,
               change: Callable[[Image.Image], Image.Image]) -> np.ndarray:
    changed = np.empty_like(frames)
    for source, target in zip(frames, changed):
        target[...] = change(Image.fromarray(source))
    return changed


def auto_contrast(frames: np.ndarray) -> np.ndarray:
    """Stretch each channel of each frame to 0..255."""
    return _per_frame(frames, ImageOps.autocontrast)


def equalise(frames: np.ndarray) -> np.ndarray:
    """Flatten the histogram of each channel of each frame."""
    return _per_frame(frames, ImageOps.equalize)


def invert(frames: np.ndarray) -> np.ndarray:
    """Turn v into 255 - v."""
    return _look_up(frames, 255 - _VALUES)


def posterise(frames: np.ndarray, bits: int) -> np.ndarray:
    """Keep the upper ``bits`` bits (Pillow refuses 0: black)."""
    return _look_up(frames, _VALUES & (256 - 2**(8 - bits)))


def solarise(frames: np.ndarray, threshold: int) -> np.ndarray:
    """Invert the values from ``threshold`` on."""
    return _look_up(frames,
                    np.where(_VALUES < threshold, _VALUES, 255 - _VALUES))


def solarise_add(frames: np.ndarray, add: int) -> np.ndarray:
    """Add to the values below 128."""
    brighter = np.minimum(_VALUES.astype(int) + add, 255)
    return _look_up(frames, np.where(_VALUES < 128, brighter, _VALUES))


def brightness(frames: np.ndarray, factor: float) -> np.ndarray:
    """Blend with black; 1 changes nothing."""
    ramp = Image.fromarray(_VALUES[None])
    return _look_up(frames,
                    np.asarray(ImageEnhance.Brightness(ramp).enhance(factor)))


def _enhance(kind: type, frames: np.ndarray, factor: float) -> np.ndarray:
    """Blend each frame with its grey, its mean or its blur; 1: no change."""
    return _per_frame(frames, lambda image: kind(image).enhance(factor))


colour = partial(_enhance, ImageEnhance.Color)
contrast = partial(_enhance, ImageEnhance.Contrast)
sharpness = partial(_enhance, ImageEnhance.Sharpness)


def rotate(frames: np.ndarray, degrees: float, resample: Image.Resampling,
           fill: int) -> np.ndarray:
    """Turn around the centre, counter-clockwise."""
    return _per_frame(
        frames, lambda image: image.rotate(
            degrees, Image.Resampling(resample), fillcolor=(fill, ) * 3))


def _affine(frames: np.ndarray, matrix: tuple, resample: Image.Resampling,
            fill: int) -> np.ndarray:
    """Output (x, y) shows input (ax + by + c, dx + ey + f)."""
    return _per_frame(
        frames, lambda image: image.transform(
            image.size,
            Image.Transform.AFFINE,
            matrix,
            resample,
            fillcolor=(fill, ) * 3))


def shear_x(frames: np.ndarray, slope: float, resample: Image.Resampling,
            fill: int) -> np.ndarray:
    """Shift each row by ``slope`` times its number."""
    return _affine(frames, (1, slope, 0, 0, 1, 0), resample, fill)


def shear_y(frames: np.ndarray, slope: float, resample: Image.Resampling,
            fill: int) -> np.ndarray:
    """Shift each column by ``slope`` times its number."""
    return _affine(frames, (1, 0, 0, slope, 1, 0), resample, fill)


def translate_x(frames: np.ndarray, share: float, resample: Image.Resampling,
                fill: int) -> np.ndarray:
    """Shift by a share of the width."""
    shift = share * frames.shape[2]
    return _affine(frames, (1, 0, shift, 0, 1, 0), resample, fill)


def translate_y(frames: np.ndarray, share: float, resample: Image.Resampling,
                fill: int) -> np.ndarray:
    """Shift by a share of the height."""
    shift = share * frames.shape[1]
    return _affine(frames, (1, 0, 0, 0, 1, shift), resample, fill)


class Operation(NamedTuple):
    """A function, and what a magnitude in 0..10 means for it.

    Args:
        function (callable): Of this module.
        argument (callable, optional): From the (signed) magnitude to the
            function's second argument; None if it takes no argument.
        signed (bool): Whether a sign is drawn for the magnitude.
        warps (bool): Whether the function resamples and fills.
    """
    function: Callable
    argument: Optional[Callable] = None
    signed: bool = False
    warps: bool = False


def _factor(magnitude: float) -> float:
    return 1 + 0.09 * magnitude


OPERATIONS: Dict[str, Operation] = dict(
    auto_contrast=Operation(auto_contrast),
    equalise=Operation(equalise),
    invert=Operation(invert),
    rotate=Operation(rotate, lambda m: 3 * m, True, True),
    posterise=Operation(posterise, lambda m: 4 - int(0.4 * m)),
    solarise=Operation(solarise, lambda m: 256 - int(25.6 * m)),
    solarise_add=Operation(solarise_add, lambda m: int(11 * m)),
    colour=Operation(colour, _factor, True),
    contrast=Operation(contrast, _factor, True),
    brightness=Operation(brightness, _factor, True),
    sharpness=Operation(sharpness, _factor, True),
    shear_x=Operation(shear_x, lambda m: 0.03 * m, True, True),
    shear_y=Operation(shear_y, lambda m: 0.03 * m, True, True),
    translate_x=Operation(translate_x, lambda m: 0.045 * m, True, True),
    translate_y=Operation(translate_y, lambda m: 0.045 * m, True, True))
