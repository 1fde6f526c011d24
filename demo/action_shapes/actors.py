"""The actors of a scene: what each one does, where it is, and its boxes.

Lengths are in units of the shorter side of the frame, x points right and y
down, hence growing angles (radians) turn clockwise on the screen.
"""
import math
from dataclasses import dataclass
from itertools import count
from typing import Dict, List, Tuple

import numpy as np

from ..motion_shapes.objects import Look, draw_look

# coordinate -> (action when it grows, action when it falls)
MOTIONS = {
    'x': ('move_right', 'move_left'),
    'y': ('move_down', 'move_up'),
    'angle': ('rotate_clockwise', 'rotate_counterclockwise'),
    'log_size': ('grow', 'shrink'),
}
LOOKS = ('striped', 'round')  # visible in a single frame
ACTIONS = tuple(name for pair in MOTIONS.values() for name in pair) + LOOKS
# how far a coordinate moves in a second, from the slowest to the fastest
SPEED = {
    'x': (.14, .2),
    'y': (.12, .16),
    'angle': (math.radians(60), math.radians(100)),
    'log_size': (math.log(1.22), math.log(1.36)),
}
# x and y exclude each other; the rest is drawn independently
SHARE = dict(move=.4, angle=.25, log_size=.25, striped=.15, round=.15)
SIZE = (.28, .36)
TRIES = 300
APART = .05  # the largest overlap of two boxes, as share of the smaller one


@dataclass
class Actor:
    """One object and its states over time.

    Args:
        actions (tuple[str]): All that it does, in every frame.
        look (Look): Its appearance.
        states (dict[str, np.ndarray]): ``x``, ``y``, ``angle`` and
            ``log_size`` over time, shape (T, ) each.
    """

    actions: Tuple[str, ...]
    look: Look
    states: Dict[str, np.ndarray]

    def pose(self) -> Dict[str, np.ndarray]:
        """States as ``motion_shapes`` paints them."""
        pose = {key: self.states[key] for key in ('x', 'y', 'angle')}
        return dict(pose, size=np.exp(self.states['log_size']))

    def boxes(self) -> np.ndarray:
        """Tight boxes x1, y1, x2, y2 over time, shape (T, 4)."""
        pose = self.pose()
        angle = pose['angle'] + self.look.turn
        along = pose['size'] / 2 * self.look.aspect**.5
        across = pose['size'] / 2 / self.look.aspect**.5
        cos, sin = np.abs(np.cos(angle)), np.abs(np.sin(angle))
        if self.look.power == 2:  # an ellipse
            half_x = np.hypot(along * cos, across * sin)
            half_y = np.hypot(along * sin, across * cos)
        else:
            half_x = along * cos + across * sin
            half_y = along * sin + across * cos
        x, y = pose['x'], pose['y']
        return np.stack([x - half_x, y - half_y, x + half_x, y + half_y], 1)


def draw_actions(rng: np.random.Generator) -> Tuple[str, ...]:
    """Draw what an actor does, at least one action."""
    while True:
        moving = [
            key for key in ('angle', 'log_size') if rng.random() < SHARE[key]
        ]
        if rng.random() < SHARE['move']:
            moving.append('x' if rng.random() < .5 else 'y')
        names = {MOTIONS[key][rng.integers(2)] for key in moving}
        names |= {name for name in LOOKS if rng.random() < SHARE[name]}
        if names:
            return tuple(name for name in ACTIONS if name in names)


def draw_actor(rng: np.random.Generator, actions: Tuple[str, ...],
               time: np.ndarray, width: float, height: float) -> Actor:
    """Draw one actor, anywhere in the frame.

    Args:
        rng (np.random.Generator): Source of the draws.
        actions (tuple[str]): What it does.
        time (np.ndarray): Seconds from the middle of the clip, shape (T, ).
        width (float): Of the frame, in shorter sides.
        height (float): Of the frame, in shorter sides.
    """
    look = draw_look(rng, varied=False)
    look.power = 2 if 'round' in actions else np.inf
    look.stripes = 2.5 if 'striped' in actions else 0.
    middle = dict(
        x=rng.uniform(.15, width - .15),
        y=rng.uniform(.15, height - .15),
        angle=rng.uniform(0, 2 * math.pi),
        log_size=math.log(rng.uniform(*SIZE)))
    states = {key: np.full(len(time), value) for key, value in middle.items()}
    for key, (grows, falls) in MOTIONS.items():
        speed = rng.uniform(*SPEED[key])  # drawn always: same draws for all
        way = (grows in actions) - (falls in actions)
        states[key] = states[key] + way * speed * time
    return Actor(actions, look, states)


def _overlap(boxes: np.ndarray, others: np.ndarray) -> float:
    """Largest overlap over time, as share of the smaller box."""
    low = np.maximum(boxes[:, :2], others[:, :2])
    high = np.minimum(boxes[:, 2:], others[:, 2:])
    both = np.prod(np.clip(high - low, 0, None), axis=1)  # (T, )
    areas = [np.prod(b[:, 2:] - b[:, :2], axis=1) for b in (boxes, others)]
    return float((both / np.minimum(*areas)).max())


def draw_actors(rng: np.random.Generator, number: int, time: np.ndarray,
                width: float, height: float) -> List[Actor]:
    """Draw actors that stay inside the frame and apart from each other.

    Args:
        rng (np.random.Generator): Source of the draws.
        number (int): Of actors; fewer, if there is no room for one.
        time (np.ndarray): Seconds from the middle of the clip, shape (T, ).
        width (float): Of the frame, in shorter sides.
        height (float): Of the frame, in shorter sides.
    """
    actors: List[Actor] = []
    for _ in range(number):
        # drawn once: otherwise actions that need much room would be rare
        actions = draw_actions(rng)
        for attempt in count():
            # the first actor finds room sooner or later
            if attempt == TRIES and actors:
                break
            actor = draw_actor(rng, actions, time, width, height)
            boxes = actor.boxes()
            if boxes.min() >= 0 and boxes[:, 2].max() <= width and (
                    boxes[:, 3].max() <= height) and all(
                        _overlap(boxes, x.boxes()) <= APART for x in actors):
                actors.append(actor)
                break
    return actors
