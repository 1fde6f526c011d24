"""The four pans that tell motion: a scene passes behind the flag."""
import numpy as np

# where the scene goes to, on the screen
PANS = ('right', 'down', 'left', 'up')
_STEPS = ((1, 0), (0, 1), (-1, 0), (0, -1))
NODES = 3  # colours along each side of the scene
PERIOD = 1.6  # side of the scene, in sides of the frame
TRAVEL = (.2, .4)  # within a clip, in sides of the frame


def draw_pan(rng: np.random.Generator, label: int, grid: np.ndarray,
             num_frames: int) -> np.ndarray:
    """Draw a smooth random scene without end that moves at constant speed.

    The scene repeats itself, and a frame shows a place of it that is uniform,
    at the first moment and hence at every other one. So all frames of all
    labels have the same distribution: no frame tells the pan. The draws are
    the same for every label.

    Args:
        rng (np.random.Generator): Source of the draws.
        label (int): Index into ``PANS``.
        grid (np.ndarray): x and y of each pixel, shape (2, H, W), in sides
            of the frame.
        num_frames (int): Number of frames T.

    Returns:
        np.ndarray: Frames of shape (T, H, W, 3), colours in 0..1.

    Raises:
        ValueError: If there is no such pan.
    """
    if not 0 <= label < len(PANS):
        raise ValueError(f'`label` must be in 0..{len(PANS) - 1}, '
                         f'got {label}')
    nodes = rng.random((NODES, NODES, 3), dtype=np.float32)
    place = rng.uniform(0, PERIOD, size=(2, 1))
    way = np.linspace(0, rng.uniform(*TRAVEL), num_frames)
    place = place - np.outer(_STEPS[label], way)  # (2, T)
    across, down = (_weights(lines[None] + start[:, None])
                    for lines, start in zip((grid[0, 0], grid[1, :,
                                                              0]), place))
    # rows first: (T, H, N) x (N, N, 3) -> (T, H, N, 3), then the columns
    frames = np.einsum('thi,ijc->thjc', down, nodes)
    return across[:, None] @ frames


def _weights(place: np.ndarray) -> np.ndarray:
    """Share of each colour along a side, (T, W) -> (T, W, NODES) float32."""
    distance = np.abs(place[..., None] * NODES / PERIOD -
                      np.arange(NODES)) % NODES
    # around the end, too; at most two colours are nearer than 1
    near = np.minimum(distance, NODES - distance)
    return np.clip(1 - near, 0, None).astype(np.float32)
