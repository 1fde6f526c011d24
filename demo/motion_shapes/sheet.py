"""A contact sheet of a video set: its frames as the decoder returns them."""
from pathlib import Path
from typing import Dict, List

import cv2
import numpy as np

from mvd_mm.datasets.video_files import read_frames

SHOWN = 5  # frames from the first to the last, one column each
ZOOM = 3
GAP = 2  # pixels between frames


def _framed(frame: np.ndarray) -> np.ndarray:
    frame = cv2.resize(
        frame, None, fx=ZOOM, fy=ZOOM, interpolation=cv2.INTER_NEAREST)
    return cv2.copyMakeBorder(
        frame, GAP, GAP, GAP, GAP, cv2.BORDER_CONSTANT, value=(255, 255, 255))


def write_sheet(videos: Path, path: Path) -> None:
    """Write a picture of the first training clip of each class, one a row.

    Args:
        videos (Path): Folder of a rendered video set.
        path (Path): PNG file to write.

    Raises:
        ValueError: If the image cannot be written.
    """
    names = (videos / 'classes.txt').read_text().split()
    clips: Dict[int, str] = {}
    for line in (videos / 'train.txt').read_text().splitlines():
        name, label = line.split()
        clips.setdefault(int(label), name)
    rows: List[np.ndarray] = []
    for number, clip in sorted(clips.items()):
        frames = list(read_frames(videos / clip))
        shown = np.linspace(0, len(frames) - 1, SHOWN).round().astype(int)
        row = np.concatenate([_framed(frames[k]) for k in shown], axis=1)
        title = np.full((16, row.shape[1], 3), 255, dtype=np.uint8)
        cv2.putText(title, f'{number} {names[number]}', (GAP, 12),
                    cv2.FONT_HERSHEY_SIMPLEX, .4, (0, 0, 0), 1, cv2.LINE_AA)
        rows += [title, row]
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix.lower() != '.png' or not cv2.imwrite(
            str(path), np.concatenate(rows)):
        raise ValueError(f'`sheet` must be a writable .png, got {path}')
