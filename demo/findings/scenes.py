"""Clips with two labels: a flag, and which way the scene behind it goes."""
from typing import Tuple

import numpy as np

from ..motion_shapes.objects import paint
from .flags import FLAGS, draw_flag
from .pans import PANS, draw_pan

CLASSES = dict(appearance=FLAGS, motion=PANS)
SIZE = (.45, .65)  # of the flag, in sides of the frame


def draw_labels(seed: int, split: int, index: int) -> Tuple[int, int]:
    """Draw the labels of a clip so that all pairs are equally frequent.

    Each block of 16 clips holds every pair once, in random order: one label
    says nothing of the other, and no label depends on the number of clips.

    Args:
        seed (int): Seed of the video set.
        split (int): Number of the split.
        index (int): Number of the clip within the split.

    Returns:
        tuple[int, int]: Indices into ``FLAGS`` and ``PANS``.
    """
    block, place = divmod(index, len(FLAGS) * len(PANS))
    # the leading 4 keeps these draws apart from those of other sets
    order = np.random.default_rng([4, seed, split, block])
    pair = int(order.permutation(len(FLAGS) * len(PANS))[place])
    return divmod(pair, len(PANS))


def draw_clip(rng: np.random.Generator, appearance: int, motion: int,
              size: int, num_frames: int) -> np.ndarray:
    """Draw a clip.

    Args:
        rng (np.random.Generator): Source of the draws.
        appearance (int): Index into ``FLAGS``.
        motion (int): Index into ``PANS``.
        size (int): Width and height in pixels.
        num_frames (int): Number of frames T.

    Returns:
        np.ndarray: RGB frames of shape (T, size, size, 3), uint8.
    """
    line = (np.arange(size) + .5) / size
    grid = np.stack(np.meshgrid(line, line)).astype(np.float32)  # (2, H, W)
    frames = draw_pan(rng, motion, grid, num_frames)
    flag, width = draw_flag(rng, appearance), rng.uniform(*SIZE)
    place = rng.uniform(width / 2, 1 - width / 2, size=2)
    still = np.ones(num_frames)
    paint(
        frames, grid, flag,
        dict(
            x=place[0] * still,
            y=place[1] * still,
            angle=0 * still,
            size=width * still))
    return (np.clip(frames, 0, 1) * 255 + .5).astype(np.uint8)
