"""Objects of a scene: how one looks, and painting it over the frames.

Lengths are in units of the shorter side of the frame, colours are RGB in
[0, 1].
"""
import colorsys
from dataclasses import dataclass
from typing import Dict

import numpy as np


@dataclass
class Look:
    """Appearance of one object, the same in every frame.

    Args:
        colours (np.ndarray): Base colour, and the changes along the object's
            own two axes, shape (3, 3).
        aspect (float): Ratio of the extents along the two axes.
        turn (float): The object's own angle, in radians.
        power (float): Outline ``|u| ** power + |v| ** power = 1``: an ellipse
            at 2, a rectangle at infinity.
        stripes (float): Number of stripes across the object; 0 for none.
    """

    colours: np.ndarray
    aspect: float
    turn: float
    power: float
    stripes: float


def colour_of(hue: float, saturation: float, value: float) -> np.ndarray:
    return np.array(
        colorsys.hsv_to_rgb(hue % 1, saturation, value), dtype=np.float32)


def draw_look(rng: np.random.Generator, varied: bool) -> Look:
    """Draw an appearance on which a rotation shows.

    Args:
        rng (np.random.Generator): Source of the draws.
        varied (bool): Whether outline and stripes vary.

    Returns:
        Look: The appearance.
    """
    hue = rng.random()
    # dark to bright along one axis, another hue along the other axis
    dark = colour_of(hue, rng.uniform(.7, 1), rng.uniform(.15, .35))
    bright = colour_of(hue + rng.uniform(.1, .3), rng.uniform(.3, .9), 1)
    other = colour_of(hue + rng.uniform(.4, .6), rng.uniform(.7, 1), .8)
    base = (dark + bright) / 2
    look = Look(
        colours=np.stack([base, (bright - dark) / 2, (other - base) * .6]),
        aspect=float(np.exp(rng.uniform(np.log(1.1), np.log(1.6)))),
        turn=rng.uniform(0, 2 * np.pi),
        power=np.inf,
        stripes=0.)
    if varied:
        look.power = float(rng.choice([2, 3, np.inf]))
        look.stripes = float(rng.choice([0, 0, 1.5, 2.5]))
    return look


def paint(frames: np.ndarray, grid: np.ndarray, look: Look,
          pose: Dict[str, np.ndarray]) -> None:
    """Paint one object over the frames, in place.

    Args:
        frames (np.ndarray): Frames of shape (T, H, W, 3).
        grid (np.ndarray): x and y of each pixel, shape (2, H, W).
        look (Look): Appearance of the object.
        pose (dict[str, np.ndarray]): ``x``, ``y``, ``angle`` and ``size``
            over time, shape (T, ) each.
    """
    # only the part of the frame that the object ever reaches is painted
    reach = pose['size'].max() * look.aspect**.5 * .75 + .05
    x_line, y_line = grid[0, 0], grid[1, :, 0]
    columns = np.flatnonzero((x_line > pose['x'].min() - reach)
                             & (x_line < pose['x'].max() + reach))
    rows = np.flatnonzero((y_line > pose['y'].min() - reach)
                          & (y_line < pose['y'].max() + reach))
    if not (columns.size and rows.size):
        return
    pixel = 1 / min(frames.shape[1:3])
    part = np.s_[:, rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]
    frames, grid = frames[part], grid[part]

    x, y, angle, size = (
        pose[key].astype(np.float32)[:, None, None]
        for key in ('x', 'y', 'angle', 'size'))
    angle = angle + np.float32(look.turn)
    dx, dy = grid[0] - x, grid[1] - y  # (T, H', W')
    half = size / 2 * look.aspect**.5, size / 2 / look.aspect**.5
    u = (np.cos(angle) * dx + np.sin(angle) * dy) / half[0]
    v = (np.cos(angle) * dy - np.sin(angle) * dx) / half[1]
    if look.power == np.inf:
        radius = np.maximum(np.abs(u), np.abs(v))
    else:
        power = look.power
        radius = (np.abs(u)**power + np.abs(v)**power)**(1 / power)
    # the outline fades over about one pixel, so slow motions show as well
    pixels = half[1] / pixel
    inside = radius < 1 + .5 / pixels.min()
    cover = np.clip((1 - radius) * pixels + .5, 0, 1)[inside][:, None]
    u, v = np.clip(u[inside], -1, 1), np.clip(v[inside], -1, 1)
    base, along, across = look.colours
    if look.stripes:
        u = .6 * u + .4 * np.sin(look.stripes * np.pi * u)
    colour = base + u[:, None] * along + v[:, None] * across
    frames[inside] += cover * (np.clip(colour, 0, 1) - frames[inside])
