"""Rendering of the set: the frames of a clip, and the files of all clips."""
from functools import partial
from pathlib import Path
from typing import Optional, Tuple

import numpy as np

from mvd_mm.datasets.worker_pool import worker_pool
from mvd_mm.utils.progress import Progress
from ..rendered_set import (SPLITS, claim, finish, make_video_folder,
                            write_video)
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


def clip_name(split: str, index: int) -> str:
    """Name a clip, relative to the folder of the video set."""
    return f'{split}/{index:06d}.mp4'


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
    if workers is not None and workers < 1:
        raise ValueError(f'`workers` must be at least 1, got {workers}')
    complete = claim(out, meta)
    jobs = [(split, index) for split in SPLITS
            for index in range(meta[f'num_{split}'])]
    missing = [job for job in jobs if not (out / clip_name(*job)).is_file()]
    if complete and not missing:
        return 0
    for split in SPLITS:
        make_video_folder(out / split)
        (out / f'{split}.txt').write_text(
            ''.join(f'{clip_name(*job)} '
                    f'{label_of(meta["seed"], SPLITS.index(split), job[1])}\n'
                    for job in jobs if job[0] == split),
            encoding='utf-8')
    (out / 'classes.txt').write_text('\n'.join(CLASSES) + '\n')
    progress = Progress(len(missing), 'clips')
    with worker_pool(workers) as pool:
        for _ in pool.imap_unordered(
                partial(_render_one, out=out, meta=meta), missing, 8):
            progress.step()
    if not complete:
        finish(out)
    return len(missing)
