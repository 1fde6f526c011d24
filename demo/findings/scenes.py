"""Clips with two labels: a flag, and which way an object passes behind it."""
from typing import Tuple

import numpy as np

from ..motion_shapes.objects import draw_look, paint
from ..motion_shapes.scenes import draw_background
from ..motion_shapes.settings import Setting
from .flags import FLAGS, draw_flag
from .moves import MOVES, draw_move

CLASSES = dict(appearance=FLAGS, motion=MOVES)
SIZE = (.36, .42)  # of the flag, in sides of the frame


def draw_labels(seed: int, split: int, index: int) -> Tuple[int, int]:
    """Draw the labels of a clip so that all pairs are equally frequent.

    Each block of 16 clips holds every pair once, in random order: one label
    says nothing of the other, and no label depends on the number of clips.

    Args:
        seed (int): Seed of the video set.
        split (int): Number of the split.
        index (int): Number of the clip within the split.

    Returns:
        tuple[int, int]: Indices into ``FLAGS`` and ``MOVES``.
    """
    block, place = divmod(index, len(FLAGS) * len(MOVES))
    # the leading 4 keeps these draws apart from those of other sets
    order = np.random.default_rng([4, seed, split, block])
    pair = int(order.permutation(len(FLAGS) * len(MOVES))[place])
    return divmod(pair, len(MOVES))


def draw_clip(rng: np.random.Generator, appearance: int, motion: int,
              size: int, num_frames: int) -> np.ndarray:
    """Draw a clip.

    Args:
        rng (np.random.Generator): Source of the draws.
        appearance (int): Index into ``FLAGS``.
        motion (int): Index into ``MOVES``.
        size (int): Width and height in pixels.
        num_frames (int): Number of frames T.

    Returns:
        np.ndarray: RGB frames of shape (T, size, size, 3), uint8.
    """
    line = (np.arange(size) + .5) / size
    grid = np.stack(np.meshgrid(line, line)).astype(np.float32)  # (2, H, W)
    # the camera rests: all frames have the same background
    frames = draw_background(rng, grid[:, None], num_frames, Setting())
    paint(frames, grid, draw_look(rng, varied=False),
          draw_move(rng, motion, num_frames))
    width, still = rng.uniform(*SIZE), np.ones(num_frames)
    place = rng.uniform(width / 2, 1 - width / 2, size=2)
    # in front of the object: it is seen in every frame
    paint(
        frames, grid, draw_flag(rng, appearance),
        dict(
            x=place[0] * still,
            y=place[1] * still,
            angle=0 * still,
            size=width * still))
    return (np.clip(frames, 0, 1) * 255 + .5).astype(np.uint8)
