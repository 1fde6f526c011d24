"""Objects of a scene: how one looks, and painting it over the frames.

Lengths are in units of the shorter side of the frame, colours are RGB in
[0, 1].
"""
from dataclasses import dataclass
from typing import Dict

import numpy as np


@dataclass
class Look:
    """Appearance of one object, the same in every frame.

    Args:
        texture (np.ndarray): Colours at the nodes of a grid over the object,
            along its own two axes, shape (N, N, 3); see ``blend``.
        aspect (float): Ratio of the extents along the two axes.
        turn (float): The object's own angle, in radians.
        power (float): Outline ``|u| ** power + |v| ** power = 1``: an ellipse
            at 2, a rectangle at infinity.
        stripes (float): Number of stripes across the object; 0 for none.
    """

    texture: np.ndarray
    aspect: float
    turn: float
    power: float
    stripes: float


def draw_texture(rng: np.random.Generator) -> np.ndarray:
    """Draw the colours of a smooth texture, shape (3, 3, 3).

    Every node has a random colour: the slopes between them are stronger than
    the noise of the video encoder, and no two sides are alike, so that
    rotations can be seen.
    """
    return rng.random((3, 3, 3), dtype=np.float32)


def blend(texture: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Bilinear blend of a texture's nodes.

    Args:
        texture (np.ndarray): Shape (N, N, 3), N at least 2; rows lie along v.
        u (np.ndarray): First coordinate, any shape; -1 at the first column, 1
            at the last, clipped there.
        v (np.ndarray): Second coordinate, the same shape.

    Returns:
        np.ndarray: Colours, the shape of ``u`` followed by 3 channels.
    """
    last = len(texture) - 1
    u, v = ((np.clip(c, -1, 1) + 1) * np.float32(last / 2) for c in (u, v))
    i, j = (np.minimum(c.astype(int), last - 1) for c in (u, v))
    u, v = (u - i)[..., None], (v - j)[..., None]
    nodes, first = texture.reshape(-1, 3), j * (last + 1) + i

    def row(start: np.ndarray) -> np.ndarray:
        # `take` is several times faster than an index of two arrays
        return (nodes.take(start, axis=0) * (1 - u) +
                nodes.take(start + 1, axis=0) * u)

    return row(first) * (1 - v) + row(first + last + 1) * v


def draw_look(rng: np.random.Generator, varied: bool) -> Look:
    """Draw an appearance on which a rotation can be seen.

    Args:
        rng (np.random.Generator): Source of the draws.
        varied (bool): Whether outline and stripes vary.

    Returns:
        Look: The appearance.
    """
    look = Look(
        texture=draw_texture(rng),
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
    # the outline fades over about one pixel: slow motions change it too
    pixels = half[1] / pixel
    inside = radius < 1 + .5 / pixels.min()
    cover = np.clip((1 - radius) * pixels + .5, 0, 1)[inside][:, None]
    u, v = np.clip(u[inside], -1, 1), v[inside]
    if look.stripes:
        u = .6 * u + .4 * np.sin(look.stripes * np.pi * u)
    frames[inside] += cover * (blend(look.texture, u, v) - frames[inside])
