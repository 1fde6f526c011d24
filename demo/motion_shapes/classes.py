"""The ten classes, and the trajectories of their objects.

A scene holds one object. Its state in the middle of the clip is drawn from
the same distribution for every class. In each class, one coordinate moves at
constant speed through that state, forward or backward: the two classes of a
pair are the same clips played forward and backward. Hence the middle of a
clip does not reveal its class. With an odd number of frames it is a frame,
with an even number it is half a step away from one. The first and the last
frame reveal something; the README says how much.

Lengths are in units of the shorter side of the frame, x points right and y
down, hence growing angles (radians) turn clockwise on the screen.
"""
import math
from typing import Dict, Tuple

import numpy as np

# coordinate -> (class when it grows, class when it falls)
FAMILIES = {
    'x': ('move_right', 'move_left'),
    'y': ('move_down', 'move_up'),
    'angle': ('rotate_clockwise', 'rotate_counterclockwise'),
    'log_size': ('grow', 'shrink'),
    'bearing': ('orbit_clockwise', 'orbit_counterclockwise'),
}
CLASSES = tuple(name for pair in FAMILIES.values() for name in pair)
# how far a coordinate moves within a clip, from the slowest to the fastest
TRAVEL = {
    'x': (0.5, 0.75),
    'y': (0.5, 0.75),
    'angle': (math.radians(100), math.radians(180)),
    'log_size': (math.log(2.), math.log(3.)),
    'bearing': (math.radians(120), math.radians(240)),
}
CENTRE = (0.4, 0.6)  # share of the width, and of the height
RADIUS = (0.12, 0.2)  # of the circle whose centre that is
LOG_SIZE = (math.log(0.38), math.log(0.52))


def split_label(label: int) -> Tuple[str, bool]:
    """Return which coordinate a class moves, and whether backward.

    Args:
        label (int): Index into ``CLASSES``.

    Returns:
        tuple[str, bool]: The coordinate, and True for the second class of a
        pair, which is the first one played backward.

    Raises:
        ValueError: If there is no such class.
    """
    if not 0 <= label < len(CLASSES):
        raise ValueError(f'`label` must be in 0..{len(CLASSES) - 1}, '
                         f'got {label}')
    family, backward = divmod(int(label), 2)
    return list(FAMILIES)[family], bool(backward)


def draw_trajectory(rng: np.random.Generator,
                    coordinate: str,
                    num_frames: int,
                    width: float = 1.,
                    height: float = 1.) -> Dict[str, np.ndarray]:
    """Draw the states of a clip in which one coordinate grows.

    The draws are the same for every coordinate, so clips of all classes can
    be made from the same state of the generator.

    Args:
        rng (np.random.Generator): Source of the draws.
        coordinate (str): The key of ``FAMILIES`` that grows.
        num_frames (int): Number of frames T, at least 2.
        width (float): Width of the frame, in shorter sides.
        height (float): Height of the frame, in shorter sides.

    Returns:
        dict[str, np.ndarray]: Over time, shape (T, ): the coordinates ``x``
        and ``y`` of a circle's centre, the ``bearing`` of the object on it,
        its ``angle`` and ``log_size``; and the ``radius`` of the circle.
    """
    middle = dict(
        x=width * rng.uniform(*CENTRE),
        y=height * rng.uniform(*CENTRE),
        angle=rng.uniform(0, 2 * math.pi),
        log_size=rng.uniform(*LOG_SIZE),
        bearing=rng.uniform(0, 2 * math.pi),
        radius=rng.uniform(*RADIUS))
    slow, fast = TRAVEL[coordinate]
    travel = slow + (fast - slow) * rng.random()
    states = {key: np.full(num_frames, value) for key, value in middle.items()}
    states[coordinate] += np.linspace(-.5, .5, num_frames) * travel
    return states


def label_of(seed: int, split: int, index: int) -> int:
    """Draw the class of a clip so that all classes are equally frequent.

    Each block of ten clips holds every class once, in random order. Hence
    the label of a clip does not depend on how many clips there are.

    Args:
        seed (int): Seed of the video set.
        split (int): Number of the split.
        index (int): Number of the clip within the split.

    Returns:
        int: Index into ``CLASSES``.
    """
    block, place = divmod(index, len(CLASSES))
    order = np.random.default_rng([1, seed, split, block])
    return int(order.permutation(len(CLASSES))[place])
