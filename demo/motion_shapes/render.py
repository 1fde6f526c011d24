"""Rendering of the set: the frames of a clip, and the files of all clips."""
from functools import partial
from pathlib import Path
from typing import Optional, Tuple

import numpy as np

from ..rendered_set import SPLITS, clip_name, render_clips, write_video
from .classes import CLASSES, label_of
from .scenes import render_clip
from .settings import FPS, SETTINGS


def draw_frames(meta: dict, split: str, index: int) -> np.ndarray:
    """Draw the frames of one clip, before they are encoded.

    They depend on the seed, the split and the number of the clip, never on
    how many clips there are or who renders them.

    Args:
        meta (dict): What ``describe`` returns.
        split (str): ``'train'`` or ``'val'``.
        index (int): Number of the clip within the split.

    Returns:
        np.ndarray: RGB frames of shape (T, H, W, 3), uint8.
    """
    seed, number = meta['seed'], SPLITS.index(split)
    # the leading 2 keeps these draws apart from those of the labels
    rng = np.random.default_rng([2, seed, number, index])
    label = label_of(seed, number, index)
    return render_clip(rng, label, SETTINGS[meta['setting']],
                       tuple(meta['size']), meta['num_frames'])


def _render_one(job: Tuple[str, int], out: Path, meta: dict) -> None:
    write_video(out / clip_name(*job), draw_frames(meta, *job), FPS)


def render(out: Path, meta: dict, workers: Optional[int] = None) -> int:
    """Render what is missing of a video set.

    Args:
        out (Path): Folder of the video set.
        meta (dict): What ``describe`` returns.
        workers (int, optional): Number of processes; all cores by default.

    Returns:
        int: Number of videos rendered; 0 if the set was there.

    Raises:
        ValueError: If the folder holds anything else, or ``workers`` < 1.
    """
    texts = {
        f'{split}.txt':
        ''.join(f'{clip_name(split, index)} {label_of(meta["seed"], k, index)}'
                '\n' for index in range(meta[f'num_{split}']))
        for k, split in enumerate(SPLITS)
    }
    texts['classes.txt'] = '\n'.join(CLASSES) + '\n'
    return render_clips(out, meta, partial(_render_one, out=out, meta=meta),
                        texts, workers)
