"""A contact sheet of a video set: what the decoder gives to the network."""
from pathlib import Path

import cv2
import numpy as np

SHOWN = 5  # frames from the first to the last, one column each
ZOOM = 3
GAP = 2  # pixels between frames


def read_frames(path: Path) -> np.ndarray:
    """Decode a video.

    Args:
        path (Path): Video file.

    Returns:
        np.ndarray: BGR frames of shape (T, H, W, 3), uint8.

    Raises:
        ValueError: If no frame can be read.
    """
    capture = cv2.VideoCapture(str(path))
    frames = []
    while True:
        ok, frame = capture.read()
        if not ok:
            break
        frames.append(frame)
    capture.release()
    if not frames:
        raise ValueError(f'{path} has no readable frame; delete it and render '
                         'again')
    return np.stack(frames)


def write_sheet(videos: Path, path: Path) -> None:
    """Show the first training clip of each class, one row each.

    Args:
        videos (Path): Folder of a rendered video set.
        path (Path): PNG file to write.

    Raises:
        ValueError: If the image cannot be written.
    """
    names = (videos / 'classes.txt').read_text().split()
    clips = {}
    for line in (videos / 'train.txt').read_text().splitlines():
        name, label = line.split()
        clips.setdefault(int(label), name)
    rows = []
    for label, name in sorted(clips.items()):
        frames = read_frames(videos / name)
        shown = np.linspace(0, len(frames) - 1, SHOWN).round().astype(int)
        row = [
            cv2.copyMakeBorder(
                cv2.resize(
                    frame,
                    None,
                    fx=ZOOM,
                    fy=ZOOM,
                    interpolation=cv2.INTER_NEAREST),
                *[GAP] * 4,
                cv2.BORDER_CONSTANT,
                value=(255, 255, 255)) for frame in frames[shown]
        ]
        row = np.concatenate(row, axis=1)
        title = np.full((16, row.shape[1], 3), 255, dtype=np.uint8)
        cv2.putText(title, f'{label} {names[label]}', (GAP, 12),
                    cv2.FONT_HERSHEY_SIMPLEX, .4, (0, 0, 0), 1, cv2.LINE_AA)
        rows += [title, row]
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix.lower() != '.png' or not cv2.imwrite(
            str(path), np.concatenate(rows)):
        raise ValueError(f'`sheet` must be a writable .png, got {path}')
