"""Drawing of the scenes: an object on a background, frame by frame.

Shapes: T frames, H rows, W columns. Colours are RGB in [0, 1] until the
frames are complete. Lengths are in units of the shorter side of the frame.
"""
from typing import Tuple

import numpy as np

from .classes import draw_trajectory, split_label
from .objects import blend, draw_look, draw_texture, paint
from .settings import Setting


def draw_background(rng: np.random.Generator, grid: np.ndarray,
                    num_frames: int, setting: Setting) -> np.ndarray:
    """Draw the background: a smooth texture, and waves in hard scenes.

    Args:
        rng (np.random.Generator): Source of the draws.
        grid (np.ndarray): x and y of each pixel and frame as the camera sees
            them, shape (2, T, H, W), or (2, 1, H, W) if it is at rest.
        num_frames (int): Number of frames T.
        setting (Setting): Number and drift of the waves.

    Returns:
        np.ndarray: Frames of shape (T, H, W, 3).
    """
    frames = blend(draw_texture(rng), *(2 * grid - 1))
    if not setting.waves:
        return np.repeat(frames, num_frames // len(frames), axis=0)
    time = np.linspace(-.5, .5, num_frames, dtype=np.float32)[:, None, None]
    drift = rng.uniform(-setting.drift, setting.drift, 2)
    vectors = rng.normal(0, 12, (setting.waves, 2))  # radians per side
    phases = rng.uniform(0, 2 * np.pi, setting.waves)
    tints = rng.normal(0, .05, (setting.waves, 3)).astype(np.float32)
    heights = [
        np.sin(
            float(wave[0]) * grid[0] + float(wave[1]) * grid[1] +
            float(wave @ drift) * time + float(phase))
        for wave, phase in zip(vectors, phases)
    ]
    return frames + np.stack(heights, axis=-1) @ tints


def draw_camera(rng: np.random.Generator, num_frames: int,
                setting: Setting) -> np.ndarray:
    """Draw the path of the camera: a pan and a shake.

    Returns:
        np.ndarray: Offset in x and y over time, shape (2, T).
    """
    time = np.linspace(-.5, .5, num_frames)
    pan = rng.uniform(-setting.pan, setting.pan, (2, 1)) * time
    rate, phase = rng.uniform(1, 4, (2, 1)), rng.uniform(0, 1, (2, 1))
    return pan + setting.shake * np.sin(2 * np.pi * (rate * time + phase))


def render_clip(rng: np.random.Generator, label: int, setting: Setting,
                size: Tuple[int, int], num_frames: int) -> np.ndarray:
    """Draw a clip of a class.

    The class that moves backward is the other one of its pair, made from
    the same draws and reversed in time; both are equal to the last bit.

    Args:
        rng (np.random.Generator): Source of the draws.
        label (int): Index into ``CLASSES``.
        setting (Setting): What makes the scene easy or hard.
        size (tuple[int, int]): Width and height in pixels.
        num_frames (int): Number of frames T.

    Returns:
        np.ndarray: RGB frames of shape (T, H, W, 3), uint8.
    """
    coordinate, backward = split_label(label)
    short = min(size)
    width, height = size[0] / short, size[1] / short
    states = draw_trajectory(rng, coordinate, num_frames, width, height)
    grid = np.stack(
        np.meshgrid(
            (np.arange(size[0]) + .5) / short,
            (np.arange(size[1]) + .5) / short)).astype(np.float32)  # (2, H, W)
    camera = draw_camera(rng, num_frames, setting)
    # with a camera at rest, all frames have the same background
    views = camera if camera.any() else camera[:, :1]
    seen = grid[:, None] + views[..., None, None].astype(np.float32)
    frames = draw_background(rng, seen, num_frames, setting)

    time = np.linspace(-.5, .5, num_frames)
    for _ in range(rng.integers(*setting.distractors, endpoint=True)):
        paint(
            frames, grid, draw_look(rng, setting.varied),
            dict(
                x=rng.uniform(0, width) + rng.uniform(-.1, .1) * time -
                camera[0],
                y=rng.uniform(0, height) + rng.uniform(-.1, .1) * time -
                camera[1],
                angle=rng.uniform(-.6, .6) * time,
                size=np.full(num_frames, rng.uniform(.12, .25))))
    circle = states['radius'], states['bearing']
    paint(
        frames, grid, draw_look(rng, setting.varied),
        dict(
            x=states['x'] + circle[0] * np.cos(circle[1]) - camera[0],
            y=states['y'] + circle[0] * np.sin(circle[1]) - camera[1],
            angle=states['angle'],
            size=np.exp(states['log_size'])))
    if setting.noise:
        noise = rng.standard_normal(frames.shape, dtype=np.float32)
        frames += np.float32(setting.noise) * noise
    frames = (np.clip(frames, 0, 1) * 255 + .5).astype(np.uint8)
    return frames[::-1] if backward else frames
