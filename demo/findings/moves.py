"""The four moves that tell motion: which way an object goes.

Lengths are in sides of the frame, x points right and y down.
"""
from typing import Dict

import numpy as np

MOVES = ('right', 'down', 'left', 'up')
_STEPS = ((1, 0), (0, 1), (-1, 0), (0, -1))
MIDDLE = (.15, .85)  # x and y in the middle of a clip
TRAVEL = (.35, .5)  # within a clip
SIZE = (.38, .52)


def draw_move(rng: np.random.Generator, label: int,
              num_frames: int) -> Dict[str, np.ndarray]:
    """Draw where an object is over time.

    In the middle of the clip its place has the same distribution for every
    label, and as much of the way lies before as after: opposites are each
    other's frames in reverse. The draws are the same for every label.

    Args:
        rng (np.random.Generator): Source of the draws.
        label (int): Index into ``MOVES``.
        num_frames (int): Number of frames T, at least 2.

    Returns:
        dict[str, np.ndarray]: ``x``, ``y``, ``angle`` and ``size`` over time,
        shape (T, ) each.

    Raises:
        ValueError: If there is no such move.
    """
    if not 0 <= label < len(MOVES):
        raise ValueError(f'`label` must be in 0..{len(MOVES) - 1}, '
                         f'got {label}')
    middle = rng.uniform(*MIDDLE, size=2)
    way = rng.uniform(*TRAVEL) * np.linspace(-.5, .5, num_frames)
    still = np.ones(num_frames)
    return dict(
        x=middle[0] + _STEPS[label][0] * way,
        y=middle[1] + _STEPS[label][1] * way,
        angle=0 * still,
        size=rng.uniform(*SIZE) * still)
