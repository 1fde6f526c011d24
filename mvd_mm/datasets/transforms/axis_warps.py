"""Shears and translations of whole clips, bit for bit as Pillow's.

Along one axis nothing moves, so four pixels decide on each, not sixteen, with
weights that are equal in each line. They are summed in float32 for all
channels at once. Pillow sums in float64 and cuts the fraction off; where
float32 cannot tell to which side of a whole number a sum falls, and the four
pixels differ, it is summed again as Pillow does.
"""
from typing import Any, List, Tuple

import cv2
import numpy as np

__all__ = ['transpose', 'warp_lines']

_DOUBT = 5e-4  # grey levels; float32 is wrong by 1e-4 at most


def warp_lines(frames: np.ndarray, begin: int, size: int, slope: float,
               shift: float, line: int, first: int, width: int,
               fill: int) -> np.ndarray:
    """Shift each line by a number of its own, bicubic.

    Pixel x of line y shows what is at x + slope * (y + 0.5) + shift.

    Args:
        frames (np.ndarray): uint8, (T, H, w, 3): lines from ``line`` on, with
            what is needed of them.
        begin (int): The first pixel there is of each line.
        size (int): Pixels of a whole line.
        slope (float): See above.
        shift (float): See above.
        line (int): The number of the first line.
        first (int): The first pixel to return.
        width (int): How many to return.
        fill (int): Grey level of what lies outside of a line.

    Returns:
        np.ndarray: uint8, (T, H, width, 3)
    """
    number, height = frames.shape[:2]
    # as Pillow computes: a place is the middle of a pixel
    offsets = slope * (np.arange(line, line + height) + .5) + shift
    places = offsets + (first + .5) - .5
    whole = np.floor(places).astype(int)
    share = places - whole  # of each line, in [0, 1)
    # pixels of the output whose middle lies in the frame: [left, right)
    left = np.clip(np.ceil(-offsets - first - .5), 0, width).astype(int)
    right = np.clip(np.ceil(size - offsets - first - .5), 0, width).astype(int)
    # the four pixels of x are aligned[x], ..., aligned[x + 3]
    aligned = np.full((number, height, width + 3, 3), fill, np.uint8)
    padded = np.pad(frames, ((0, 0), (0, 0), (2, 2), (0, 0)), 'edge')
    for y in range(height):
        if left[y] < right[y]:
            start = whole[y] - 1 + left[y] - begin + 2
            length = right[y] - left[y] + 3
            aligned[:, y, left[y]:left[y] + length] = (
                padded[:, y, start:start + length])
    weights = _weights(share)
    warped = np.empty((number, height, width, 3), np.uint8)
    for source, target in zip(aligned, warped):
        pair = source.reshape(height, -1), target.reshape(height, -1)
        rows, x = _sum_lines(*pair, weights)
        # in Pillow's order of additions: decimal fractions give many sums
        # that are whole numbers but for rounding
        place = (first + x // 3 + .5) + slope * (line + rows + .5) + shift - .5
        _sum_again(*pair, rows, x, place - (whole[rows] + x // 3))
    for y in range(height):
        warped[:, y, :left[y]] = fill
        warped[:, y, right[y]:] = fill
    return warped


def transpose(frames: np.ndarray) -> np.ndarray:
    """Swap rows and columns, (T, H, W, 3) to (T, W, H, 3)."""
    swapped = np.empty(frames.swapaxes(1, 2).shape, np.uint8)
    for source, target in zip(frames, swapped):
        target[...] = cv2.transpose(source)
    return swapped


def _weights(share: np.ndarray) -> np.ndarray:
    """Of four pixels, (4, H) float32."""
    square, cube = share**2, share**3
    weights = [
        -share + 2 * square - cube, 1 - 2 * square + cube,
        share + square - cube, -square + cube
    ]
    return np.stack(weights).astype(np.float32)


def _sum_lines(source: np.ndarray, target: np.ndarray,
               weights: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Sum four pixels, (H, (w + 3) * 3), to one, (H, w * 3).

    Returns:
        tuple: Rows and columns of the sums that are in doubt.
    """
    values = source.astype(np.float32)
    # (4, H, w * 3): the same numbers, a pixel further each time
    moved = np.lib.stride_tricks.as_strided(
        values, (4, *target.shape), (3 * values.itemsize, *values.strides))
    total = np.einsum('khw,kh->hw', moved, weights)
    # OpenCV rounds and saturates, Pillow cuts off
    add: Any = cv2.add  # OpenCV's types know no plain numbers
    add(total, _DOUBT - .5, target, dtype=cv2.CV_8U)
    below = add(total, -_DOUBT - .5, dtype=cv2.CV_8U)
    a, b, c, e = _taps(source, target.shape[1])
    most = cv2.max(cv2.max(a, b), cv2.max(c, e))
    least = cv2.min(cv2.min(a, b), cv2.min(c, e))
    # where all four are equal, their sum is their value
    doubtful = cv2.bitwise_and(
        cv2.compare(target, below, cv2.CMP_NE),
        cv2.compare(most, least, cv2.CMP_NE))
    y, x = np.unravel_index(np.flatnonzero(doubtful), target.shape)
    return y, x


def _taps(source: np.ndarray, width: int) -> List[np.ndarray]:
    """The four pixels of each sum, (H, w * 3) each."""
    return [source[:, 3 * k:3 * k + width] for k in range(4)]


def _sum_again(source: np.ndarray, target: np.ndarray, y: np.ndarray,
               x: np.ndarray, share: np.ndarray) -> None:
    """Sum as Pillow does, at some places."""
    a, b, c, e = (
        tap[y, x].astype(np.float64) for tap in _taps(source, target.shape[1]))
    exact = b + share * ((c - a) + share * ((2 * (a - b) + c - e) + share *
                                            (b - a - c + e)))
    target[y, x] = np.clip(exact, 0, 255).astype(np.uint8)
