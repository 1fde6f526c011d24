"""Maps of tokens laid over the frames of a clip."""
import os
from pathlib import Path
from typing import List, Sequence

import cv2
import numpy as np
from PIL import Image

from mvd_mm.datasets.video_files import open_mp4
from mvd_mm.utils.atomic import whole_file
from .action_boxes import FONT

__all__ = ['lay_over', 'save_frames']

_SIDE = 360  # pixels of a drawn frame
_HEAD, _FOOT = 30, 46  # above and below the frames


def _text(canvas: np.ndarray,
          text: str,
          x: int,
          y: int,
          size: float = .45) -> None:
    cv2.putText(canvas, text, (x, y), FONT, size, (30, 30, 30), 1, cv2.LINE_AA)


def lay_over(clip: np.ndarray, heat: np.ndarray, title: str,
             meaning: str) -> List[np.ndarray]:
    """Draw frames beside the same frames with a map over them.

    Colours are those of the clip's own lowest and highest value, the same in
    all frames; below the frames stands what they mean.

    Args:
        clip (np.ndarray): RGB frames, uint8, shape (T, H, W, 3).
        heat (np.ndarray): Map, shape (T', H', W'); T is a multiple of T'.
        title (str): Above the frames.
        meaning (str): Of the colours, e.g. ``'attention received'``.

    Returns:
        list[np.ndarray]: T pictures, RGB, uint8, all of one even size.
    """
    low, high = float(heat.min()), float(heat.max())
    scaled = (heat - low) / max(high - low, 1e-12)
    height, width = clip.shape[1:3]
    factor = _SIDE / height
    size = (round(width * factor / 2) * 2, _SIDE)
    bar = cv2.applyColorMap(
        np.linspace(0, 255, 160).astype(np.uint8)[None].repeat(12, 0),
        cv2.COLORMAP_VIRIDIS)[..., ::-1]
    pictures = []
    for number, frame in enumerate(clip):
        layer = scaled[number * len(heat) // len(clip)]
        layer = cv2.resize(
            (255 * layer).astype(np.uint8),
            size,
            interpolation=cv2.INTER_LINEAR)
        colours = cv2.applyColorMap(layer, cv2.COLORMAP_VIRIDIS)[..., ::-1]
        big = cv2.resize(frame, size, interpolation=cv2.INTER_CUBIC)
        mixed = (.45 * big + .55 * colours).astype(np.uint8)
        canvas = np.full((_HEAD + _SIDE + _FOOT, 2 * size[0], 3), 255,
                         np.uint8)
        canvas[_HEAD:_HEAD + _SIDE] = np.hstack([big, mixed])
        _text(canvas, title, 8, 20)
        foot = _HEAD + _SIDE
        _text(canvas, f'frame {number + 1} of {len(clip)}', 8, foot + 28)
        start = size[0] + 8
        canvas[foot + 8:foot + 20, start:start + 160] = bar
        _text(canvas, 'low', start, foot + 36, .38)
        _text(canvas, 'high', start + 132, foot + 36, .38)
        _text(canvas, meaning, start + 170, foot + 19, .38)
        pictures.append(canvas)
    return pictures


def save_frames(pictures: Sequence[np.ndarray], path: Path,
                fps: float) -> None:
    """Write pictures as a film, or some of them below each other.

    Args:
        pictures (Sequence[np.ndarray]): RGB, uint8, of one even size.
        path (Path): File to write: .mp4 or .gif, all pictures; .png, four.
        fps (float): Pictures a second.

    Raises:
        ValueError: If the name ends otherwise, or cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in ('.mp4', '.gif', '.png'):
        raise ValueError(f'`out` must end in .mp4, .gif or .png, got {path}')
    path.parent.mkdir(parents=True, exist_ok=True)
    if suffix == '.mp4':
        part = path.with_name(f'{path.stem}.{os.getpid()}.part.mp4')
        height, width = pictures[0].shape[:2]
        writer = open_mp4(part, fps, (width, height))
        for picture in pictures:
            writer.write(np.ascontiguousarray(picture[..., ::-1]))
        writer.release()
        os.replace(part, path)
        return
    with whole_file(path) as partial:
        if suffix == '.gif':
            # keeps the rare colours too, e.g. those of the legend
            first, *rest = [
                Image.fromarray(p).quantize(
                    256, method=Image.Quantize.MAXCOVERAGE) for p in pictures
            ]
            first.save(
                partial,
                format='GIF',
                save_all=True,
                append_images=rest,
                duration=round(1000 / fps),
                loop=0)
        else:
            chosen = np.linspace(0, len(pictures) - 1, min(4, len(pictures)))
            Image.fromarray(np.vstack([pictures[int(i)]
                                       for i in chosen])).save(
                                           partial, format='PNG')
