"""The four flags that tell appearance: arrangements of the same colours."""
import numpy as np

from ..motion_shapes.objects import Look, blend, draw_texture

FLAGS = ('rows', 'columns', 'quarters', 'frames')
# red, green, blue, yellow: each covers a quarter of every flag
COLOURS = np.array([[.8, .3, .3], [.3, .7, .3], [.35, .35, .9], [.75, .7, .2]])
STRENGTH = .5  # of the colours, about their mean; 1 would be as above
TEXTURE = .3  # range of the smooth texture that is added
NODES = 32  # of the texture, along each side: a multiple of 4
TILT = .3  # radians


def draw_places(label: int) -> np.ndarray:
    """Which colour is where.

    Args:
        label (int): Index into ``FLAGS``.

    Returns:
        np.ndarray: Indices into ``COLOURS``, shape (NODES, NODES).

    Raises:
        ValueError: If there is no such flag.
    """
    if not 0 <= label < len(FLAGS):
        raise ValueError(f'`label` must be in 0..{len(FLAGS) - 1}, '
                         f'got {label}')
    line = (np.arange(NODES) + .5) / NODES * 2 - 1
    u, v = np.meshgrid(line, line)
    places = {
        'rows': np.floor(2 * (v + 1)),
        'columns': np.floor(2 * (u + 1)),
        'quarters': (u > 0) + 2 * (v > 0),
        # of equal areas, from the middle outward
        'frames': np.floor(4 * np.maximum(abs(u), abs(v))**2)
    }[FLAGS[label]]
    return places.astype(int)


def draw_flag(rng: np.random.Generator, label: int) -> Look:
    """Draw a flag; the draws are the same for every label.

    Args:
        rng (np.random.Generator): Source of the draws.
        label (int): Index into ``FLAGS``.
    """
    colours = .5 + STRENGTH * (COLOURS - COLOURS.mean(axis=0))
    line = np.linspace(-1, 1, NODES, dtype=np.float32)
    smooth = blend(draw_texture(rng), *np.meshgrid(line, line)) - .5
    texture = colours[draw_places(label)] + TEXTURE * smooth
    return Look(
        texture=texture.astype(np.float32),
        aspect=1.,
        turn=rng.uniform(-TILT, TILT),
        power=np.inf,
        stripes=0.)
