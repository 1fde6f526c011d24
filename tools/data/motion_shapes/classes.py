"""The twelve classes, and trajectories of which no single frame tells one.

A scene holds a pair of objects. Its state has six coordinates, and the state
of frame 0 is drawn from one and the same distribution whatever the class: a
uniform one on the region that :func:`limits` bounds. A class is one
coordinate moving at constant speed, forward or backward, and starting over
when it arrives at its limit, as an animation that loops. Such a motion maps
the uniform distribution onto itself. Hence the state of *any* frame of *any*
class has that same distribution, and only the order of the frames tells the
class.

Lengths are in units of the shorter side of the frame, x points right and y
down, hence growing angles (radians) turn clockwise on the screen.
"""
import math
from typing import Dict, Optional, Tuple

import numpy as np

# coordinate -> (class when it grows, class when it falls)
FAMILIES = {
    'x': ('move_right', 'move_left'),
    'y': ('move_down', 'move_up'),
    'angle': ('rotate_clockwise', 'rotate_counterclockwise'),
    'log_size': ('grow', 'shrink'),
    'bearing': ('orbit_clockwise', 'orbit_counterclockwise'),
    'distance': ('part', 'approach'),
}
CLASSES = tuple(name for pair in FAMILIES.values() for name in pair)
# how far a coordinate moves within a clip, from the slowest to the fastest
TRAVEL = {
    'x': (0.35, 0.5),
    'y': (0.35, 0.5),
    'angle': (math.radians(100), math.radians(180)),
    'log_size': (math.log(1.7), math.log(2.2)),
    'bearing': (math.radians(100), math.radians(180)),
    'distance': (0.35, 0.5),
}
DISTANCE = (0.26, 0.64)  # between the centres of the two objects
ROOM = 0.46  # every pair may part at least that far, or it would but flicker
MOST_LOOPS = 1.2  # within a clip, again lest small loops flicker
LOG_SIZE = (math.log(0.19), math.log(0.48))
MARGIN = 0.04  # the centres stay this far from the edge of the frame


def split_label(label: int) -> Tuple[str, bool]:
    """Tell which coordinate a class moves, and whether it moves backward.

    Args:
        label (int): Index into ``CLASSES``.

    Returns:
        tuple[str, bool]: The coordinate, and True for the class that is the
        other one of its pair played backward.

    Raises:
        ValueError: If there is no such class.
    """
    if not 0 <= label < len(CLASSES):
        raise ValueError(f'`label` must be in 0..{len(CLASSES) - 1}, '
                         f'got {label}')
    family, backward = divmod(int(label), 2)
    return list(FAMILIES)[family], bool(backward)


def limits(state: Dict[str, float], coordinate: str, width: float,
           height: float) -> Optional[Tuple[float, float]]:
    """Bound one coordinate, given the other ones.

    The pair fits into the frame under any bearing, or else a bearing would
    tell that the pair does not orbit.

    Args:
        state (dict[str, float]): All six coordinates.
        coordinate (str): A key of ``FAMILIES``.
        width (float): Width of the frame, in shorter sides.
        height (float): Height of the frame, in shorter sides.

    Returns:
        tuple[float, float] | None: Lower and upper limit; None for an angle,
        which needs none.
    """
    if coordinate in ('angle', 'bearing'):
        return None
    if coordinate == 'log_size':
        return LOG_SIZE
    if coordinate == 'distance':
        x, y = state['x'], state['y']
        room = min(x, width - x, y, height - y) - MARGIN
        return DISTANCE[0], min(DISTANCE[1], 2 * room)
    reach = MARGIN + max(state['distance'], ROOM) / 2
    side = width if coordinate == 'x' else height
    return reach, side - reach


def draw_state(rng: np.random.Generator, width: float,
               height: float) -> Dict[str, float]:
    """Draw a state, uniformly on the region that ``limits`` bounds.

    Args:
        rng (np.random.Generator): Source of the draws.
        width (float): Width of the frame, in shorter sides.
        height (float): Height of the frame, in shorter sides.

    Returns:
        dict[str, float]: A value for each key of ``FAMILIES``.
    """
    while True:
        state = dict(
            x=rng.uniform(0, width),
            y=rng.uniform(0, height),
            angle=rng.uniform(0, 2 * math.pi),
            log_size=rng.uniform(*LOG_SIZE),
            bearing=rng.uniform(0, 2 * math.pi),
            distance=rng.uniform(*DISTANCE))
        # rejection keeps the density uniform; clipping would not
        if all(low <= state[key] <= high for key in ('x', 'y')
               for low, high in [limits(state, key, width, height)]):
            return state


def draw_trajectory(rng: np.random.Generator,
                    coordinate: str,
                    num_frames: int,
                    width: float = 1.,
                    height: float = 1.) -> Dict[str, np.ndarray]:
    """Draw the states of a clip in which one coordinate grows.

    The draws are the same for every coordinate, so clips of all classes can
    be made from one state of the generator.

    Args:
        rng (np.random.Generator): Source of the draws.
        coordinate (str): The key of ``FAMILIES`` that grows.
        num_frames (int): Number of frames T, at least 2.
        width (float): Width of the frame, in shorter sides.
        height (float): Height of the frame, in shorter sides.

    Returns:
        dict[str, np.ndarray]: Each coordinate over time, shape (T, ).
    """
    state = draw_state(rng, width, height)
    slow, fast = TRAVEL[coordinate]
    travel = slow + (fast - slow) * rng.random()
    states = {key: np.full(num_frames, value) for key, value in state.items()}
    bounds = limits(state, coordinate, width, height)
    if bounds is not None:
        travel = min(travel, MOST_LOOPS * (bounds[1] - bounds[0]))
    states[coordinate] += np.linspace(0, travel, num_frames)
    if bounds is not None:
        low, high = bounds
        states[coordinate] = low + (states[coordinate] - low) % (high - low)
    return states


def label_of(seed: int, split: int, index: int) -> int:
    """Draw the class of a clip, such that every class is equally frequent.

    Each run of twelve clips holds every class once, in random order. Hence
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
