"""A picture of some clips: one of each flag and move."""
from pathlib import Path

import cv2
import numpy as np

from ..rendered_set import SPLITS
from .plan import TASKS
from .scenes import CLASSES, draw_labels
from .video_set import draw_frames

SHOWN = 6  # frames from the first to the last, one column each
GAP = 4  # pixels between frames


def save_sheet(meta: dict, path: Path) -> None:
    """Draw four training clips, one a row, before they are encoded.

    Args:
        meta (dict): What ``video_set.describe`` returns.
        path (Path): PNG file to write.

    Raises:
        ValueError: If the picture cannot be written.
    """
    size, rows = meta['size'], []
    names = [CLASSES[task] for task in TASKS]
    train = SPLITS.index('train')
    for k in range(len(names[0])):
        index = next(
            n for n in range(meta['num_train'])
            if draw_labels(meta['seed'], train, n) == (k, k))
        frames = draw_frames(meta, 'train', index)
        chosen = np.linspace(0, len(frames) - 1, SHOWN).round().astype(int)
        row = np.concatenate([
            np.pad(
                frames[n], ((0, GAP), (0, GAP), (0, 0)), constant_values=255)
            for n in chosen
        ], 1)
        title = np.full((size + GAP, size, 3), 255, np.uint8)
        for line, name in enumerate((names[0][k], names[1][k])):
            cv2.putText(title, name, (4, 40 + 20 * line),
                        cv2.FONT_HERSHEY_SIMPLEX, .5, (0, 0, 0), 1,
                        cv2.LINE_AA)
        rows.append(np.concatenate([title, row], axis=1))
    picture = np.concatenate(rows)[..., ::-1]
    if not cv2.imwrite(str(path), np.ascontiguousarray(picture)):
        raise ValueError(f'`path` {path} cannot be written')
