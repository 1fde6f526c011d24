"""Parameters of the set."""
from typing import Tuple

from mvd_mm.datasets.video_shrinking import UNREADABLE_WIDTHS
from ..motion_shapes.settings import FPS
from .actors import ACTIONS

VERSION = 2  # raise it whenever the frames of some clip change
SECONDS = 3


def describe(size: Tuple[int, int] = (96, 64),
             num_train: int = 480,
             num_val: int = 120,
             max_actors: int = 3,
             seed: int = 0) -> dict:
    """Check the parameters and list what meta.json holds.

    Args:
        size (tuple[int, int]): Width and height in pixels.
        num_train (int): Number of training videos.
        num_val (int): Number of held-out videos.
        max_actors (int): Most actors of a scene. There are at least two, or
            one where there is no room for a second.
        seed (int): Seed of the set.

    Returns:
        dict: What meta.json holds.

    Raises:
        ValueError: If a parameter is out of its range.
    """
    width, height = size
    if width % 2 or height % 2 or min(size) < 32:
        raise ValueError('`size` must have even sides of at least 32 pixels, '
                         f'which the encoder needs; got {width}x{height}')
    if width in UNREADABLE_WIDTHS:
        raise ValueError(f'`size` {width}x{height}: decord cannot read videos '
                         f'of width {width}; take {width + 16}')
    counts = dict(num_train=num_train, num_val=num_val, max_actors=max_actors)
    for name, least in dict(num_train=1, num_val=1, max_actors=2).items():
        if counts[name] < least:
            raise ValueError(
                f'`{name}` must be at least {least}, got {counts[name]}')
    if seed < 0:
        raise ValueError(f'`seed` must not be negative, got {seed}')
    return dict(
        generator='action_shapes',
        version=VERSION,
        size=[width, height],
        fps=FPS,
        seconds=SECONDS,
        seed=seed,
        classes=list(ACTIONS),
        **counts)
