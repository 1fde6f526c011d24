"""The fifteen operations of RandAugment's "increasing" set, on whole clips.

Every function takes frames (T, H, W, 3), uint8, and returns new ones; those of
warps give a matrix for :func:`warp`. Pillow
does the work, because the published recipe used Pillow. OpenCV would give
other pixels: its warps round coordinates to 1/32 pixel, and its grey
conversion and its filters round differently. Where an operation maps each
pixel value on its own, Pillow (or a line of arithmetic) gives the 256 results
once, and OpenCV's ``LUT`` looks them up in the whole clip: the same bits, many
times faster. Bicubic shears and translations are summed in :mod:`.axis_warps`.
"""
import math
from functools import partial
from typing import Callable, Dict, NamedTuple, Optional, Tuple

import cv2
import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from .axis_warps import transpose, warp_lines

__all__ = ['Box', 'OPERATIONS', 'Operation', 'source_box', 'warp']

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


class Box(NamedTuple):
    """A part of a frame: upper left corner, width, height, in pixels."""

    x: int
    y: int
    w: int
    h: int

    def within(self, outer: 'Box') -> tuple:
        """Index of it in frames (T, H, W, 3) that show another box."""
        x, y = self.x - outer.x, self.y - outer.y
        return slice(None), slice(y, y + self.h), slice(x, x + self.w)


Matrix = Tuple[float, float, float, float, float, float]


def _rotation(degrees: float, width: int, height: int) -> Matrix:
    """As ``Image.rotate`` has it, around the centre, counter-clockwise."""
    angle = -math.radians(degrees % 360)
    # Pillow rounds, too
    cos, sin = round(math.cos(angle), 15), round(math.sin(angle), 15)
    x, y = width / 2, height / 2
    return (cos, sin, cos * -x + sin * -y + 0. + x, -sin, cos,
            -sin * -x + cos * -y + 0. + y)


def _shear_x(slope: float, width: int, height: int) -> Matrix:
    """Shift each row by ``slope`` times its number."""
    return 1, slope, 0, 0, 1, 0


def _shear_y(slope: float, width: int, height: int) -> Matrix:
    """Shift each column by ``slope`` times its number."""
    return 1, 0, 0, slope, 1, 0


def _translation_x(share: float, width: int, height: int) -> Matrix:
    """Shift by a share of the width."""
    return 1, 0, share * width, 0, 1, 0


def _translation_y(share: float, width: int, height: int) -> Matrix:
    """Shift by a share of the height."""
    return 1, 0, 0, 0, 1, share * height


def source_box(matrix: Matrix, box: Box, width: int, height: int) -> Box:
    """What a warp must see of a frame to show a box; empty: nothing."""
    a, b, c, d, e, f = matrix
    corners = [(x + .5, y + .5) for x in (box.x, box.x + box.w - 1)
               for y in (box.y, box.y + box.h - 1)]
    edges = []
    for size, places in ((width, [a * x + b * y + c for x, y in corners]),
                         (height, [d * x + e * y + f for x, y in corners])):
        # four pixels, of which the second is at or before the place
        begin = max(0, math.floor(min(places) - .5) - 1)
        end = min(size, math.floor(max(places) - .5) + 3)
        edges.append((begin, max(0, end - begin)))
    (x, w), (y, h) = edges
    return Box(x, y, w, h)


def warp(frames: np.ndarray, shown: Box, size: Tuple[int, int], matrix: Matrix,
         box: Box, resample: Image.Resampling, fill: int) -> np.ndarray:
    """Show a box of warped frames.

    Args:
        frames (np.ndarray): uint8, (T, h, w, 3), at least of
            :func:`source_box`.
        shown (Box): What they show of the whole frames.
        size (tuple[int, int]): Width and height of the whole frames.
        matrix (tuple): Output (x, y) shows input (ax + by + c, dx + ey + f).
        box (Box): Of the output.
        resample (Image.Resampling): Bilinear or bicubic.
        fill (int): Grey level of what lies outside the whole frames.

    Returns:
        np.ndarray: (T, box.h, box.w, 3)
    """
    a, b, c, d, e, f = matrix
    if 0 in source_box(matrix, box, *size)[2:]:
        return np.full((len(frames), box.h, box.w, 3), fill, np.uint8)
    if resample == Image.Resampling.BICUBIC and a == e == 1:
        if d == f == 0:
            rows = frames[:, box.y - shown.y:box.y - shown.y + box.h]
            return warp_lines(rows, shown.x, size[0], b, c, box.y, box.x,
                              box.w, fill)
        if b == c == 0:
            columns = frames[:, :, box.x - shown.x:box.x - shown.x + box.w]
            return transpose(
                warp_lines(
                    transpose(columns), shown.y, size[1], d, f, box.x, box.y,
                    box.h, fill))
    matrix = (a, b, a * box.x + b * box.y + c - shown.x, d, e,
              d * box.x + e * box.y + f - shown.y)
    warped = np.empty((len(frames), box.h, box.w, 3), np.uint8)
    for source, target in zip(frames, warped):
        image = Image.fromarray(np.ascontiguousarray(source))
        target[...] = image.transform((box.w, box.h),
                                      Image.Transform.AFFINE,
                                      matrix,
                                      resample,
                                      fillcolor=(fill, ) * 3)
    return warped


class Operation(NamedTuple):
    """A function, and what a magnitude in 0..10 means for it.

    Args:
        function (callable): Of this module.
        argument (callable, optional): From the (signed) magnitude to the
            function's second argument; None if it takes no argument.
        signed (bool): Whether a sign is drawn for the magnitude.
        warps (bool): Whether the function resamples and fills: it then gives
            the matrix of :func:`warp`, from the argument, width and height.
        reach (int, optional): Pixels around one that decide on it; None: all
            of the frame.
    """
    function: Callable
    argument: Optional[Callable] = None
    signed: bool = False
    warps: bool = False
    reach: Optional[int] = 0


def _factor(magnitude: float) -> float:
    return 1 + 0.09 * magnitude


OPERATIONS: Dict[str, Operation] = dict(
    auto_contrast=Operation(auto_contrast, reach=None),
    equalise=Operation(equalise, reach=None),
    invert=Operation(invert),
    rotate=Operation(_rotation, lambda m: 3 * m, True, True),
    posterise=Operation(posterise, lambda m: 4 - int(0.4 * m)),
    solarise=Operation(solarise, lambda m: 256 - int(25.6 * m)),
    solarise_add=Operation(solarise_add, lambda m: int(11 * m)),
    colour=Operation(colour, _factor, True),
    contrast=Operation(contrast, _factor, True, reach=None),
    brightness=Operation(brightness, _factor, True),
    sharpness=Operation(sharpness, _factor, True, reach=1),
    shear_x=Operation(_shear_x, lambda m: 0.03 * m, True, True),
    shear_y=Operation(_shear_y, lambda m: 0.03 * m, True, True),
    translate_x=Operation(_translation_x, lambda m: 0.045 * m, True, True),
    translate_y=Operation(_translation_y, lambda m: 0.045 * m, True, True))
