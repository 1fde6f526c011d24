"""Rendering of the set: videos, true boxes, and annotations from these."""
from functools import partial
from pathlib import Path
from typing import List, Optional, Tuple

import numpy as np

from mvd_mm.datasets.ava.annotations import build_annotations
from mvd_mm.datasets.worker_pool import worker_pool
from mvd_mm.utils.progress import Progress
from ..motion_shapes.objects import paint
from ..motion_shapes.scenes import draw_background
from ..motion_shapes.settings import FPS, Setting
from ..rendered_set import (SPLITS, claim, finish, make_video_folder,
                            write_video)
from .actors import ACTIONS, Actor, draw_actors
from .parameters import SECONDS

STAMPS = tuple(range(1, SECONDS))  # key frames, one a second as in AVA


def video_name(split: str, index: int) -> str:
    """Name of a video, without the ending."""
    return f'{split}_{index:05d}'


def draw_scene(meta: dict, split: str,
               index: int) -> Tuple[List[Actor], np.random.Generator]:
    """Draw the actors of a video; return the generator for further draws.

    They depend on the seed, the split and the number of the video only.
    """
    # the leading 3 keeps these draws apart from those of motion_shapes
    rng = np.random.default_rng([3, meta['seed'], SPLITS.index(split), index])
    width, height = (side / min(meta['size']) for side in meta['size'])
    # frame k lies at second k / FPS, and second 1.5 is the middle
    time = np.arange(SECONDS * FPS) / FPS - SECONDS / 2
    number = int(rng.integers(2, meta['max_actors'], endpoint=True))
    return draw_actors(rng, number, time, width, height), rng


def draw_frames(meta: dict, split: str, index: int) -> np.ndarray:
    """Draw the frames of a video before encoding, (T, H, W, 3) uint8 RGB."""
    actors, rng = draw_scene(meta, split, index)
    width, height = meta['size']
    short = min(width, height)
    grid = np.stack(
        np.meshgrid(
            (np.arange(width) + .5) / short,
            (np.arange(height) + .5) / short)).astype(np.float32)  # (2, H, W)
    number = SECONDS * FPS
    # with a camera at rest, all frames have the same background
    frames = draw_background(rng, grid[:, None], number, Setting())
    for actor in actors:
        paint(frames, grid, actor.look, actor.pose())
    return (np.clip(frames, 0, 1) * 255 + .5).astype(np.uint8)


def box_lines(meta: dict, split: str, index: int) -> str:
    """Boxes and actions of a video as build_annotations.py reads them."""
    name, short = video_name(split, index), min(meta['size'])
    lines = []
    for number, actor in enumerate(draw_scene(meta, split, index)[0]):
        boxes = actor.boxes() * short  # (T, 4) in pixels
        for stamp in STAMPS:
            box = ','.join(f'{value:.2f}' for value in boxes[stamp * FPS])
            lines.append(f'{name},{stamp},{box},{";".join(actor.actions)},'
                         f'{number}\n')
    return ''.join(lines)


def _render_one(job: Tuple[str, int], out: Path, meta: dict) -> str:
    path = out / 'videos' / f'{video_name(*job)}.mp4'
    if not path.is_file():
        write_video(path, draw_frames(meta, *job), FPS)
    return box_lines(meta, *job)


def render(out: Path, meta: dict, workers: Optional[int] = None) -> int:
    """Render what is missing of a set, and write its annotations.

    Args:
        out (Path): Folder of the set.
        meta (dict): What ``describe`` returns.
        workers (int, optional): Number of processes; all cores by default.

    Returns:
        int: Number of videos of the set; 0 if it was there.

    Raises:
        ValueError: If the folder holds anything else, or ``workers`` < 1.
    """
    if workers is not None and workers < 1:
        raise ValueError(f'`workers` must be at least 1, got {workers}')
    if claim(out, meta):
        return 0
    jobs = [(split, index) for split in SPLITS
            for index in range(meta[f'num_{split}'])]
    make_video_folder(out / 'videos')
    text = {split: 'video,time,x1,y1,x2,y2,action,actor\n' for split in SPLITS}
    progress = Progress(len(jobs), 'videos')
    with worker_pool(workers) as pool:
        render_one = partial(_render_one, out=out, meta=meta)
        for (split, _), lines in zip(jobs, pool.imap(render_one, jobs, 4)):
            text[split] += lines
            progress.step()
    for split in SPLITS:
        (out / f'{split}_boxes.csv').write_text(text[split])
    (out / 'classes.txt').write_text('\n'.join(ACTIONS) + '\n')
    build_annotations(
        out / 'videos',
        train=out / 'train_boxes.csv',
        val=out / 'val_boxes.csv',
        out=out / 'annotations',
        classes=out / 'classes.txt')
    finish(out)
    return len(jobs)
