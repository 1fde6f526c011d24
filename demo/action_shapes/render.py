"""Render an AVA-style set: several actors a scene, several actions an actor.

    python tools/data/action_shapes/render.py --out data/action_shapes

A second call with the same parameters finds the set and does nothing; an
interrupted one is completed. See the README beside this file.
"""
import argparse
import os
import sys
from functools import partial
from multiprocessing import Pool
from pathlib import Path
from typing import List, Optional, Tuple

import cv2
import numpy as np

_DATA = Path(__file__).resolve().parents[1]
sys.path += [str(_DATA), str(_DATA / 'motion_shapes')]

# isort: off
from .actors import ACTIONS, Actor, draw_actors  # noqa: E402
from .parameters import SECONDS, describe  # noqa: E402
from ava.build_annotations import build  # noqa: E402
from ..motion_shapes.objects import paint  # noqa: E402
from mvd_mm.utils.progress import Progress  # noqa: E402
from ..motion_shapes.render import (  # noqa: E402
    STAMP, UNFINISHED, _size, claim, write_video)
from ..motion_shapes.scenes import draw_background  # noqa: E402
from ..motion_shapes.settings import FPS, Setting  # noqa: E402
# isort: on

SPLITS = ('train', 'val')
STAMPS = tuple(range(1, SECONDS))  # key frames, one a second as in AVA


def video_name(split: str, index: int) -> str:
    """Name of a video, without the ending."""
    return f'{split}_{index:05d}'


def draw_scene(meta: dict, split: str,
               index: int) -> Tuple[List[Actor], np.random.Generator]:
    """Draw the actors of a video, and the generator for what follows.

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
    # the camera stands still: one frame of background stands for all
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
    cv2.setNumThreads(1)  # the workers already use every core
    path = out / 'videos' / f'{video_name(*job)}.mp4'
    if not path.is_file():
        write_video(path, draw_frames(meta, *job))
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
    (out / 'videos').mkdir(exist_ok=True)
    for part in (out / 'videos').glob('*.part.mp4'):
        part.unlink()  # left behind by an interrupted call
    text = {split: 'video,time,x1,y1,x2,y2,action,actor\n' for split in SPLITS}
    progress = Progress(len(jobs), 'videos')
    with Pool(workers) as pool:
        render_one = partial(_render_one, out=out, meta=meta)
        for (split, _), lines in zip(jobs, pool.imap(render_one, jobs, 4)):
            text[split] += lines
            progress.step()
    for split in SPLITS:
        (out / f'{split}_boxes.csv').write_text(text[split])
    (out / 'classes.txt').write_text('\n'.join(ACTIONS) + '\n')
    build(
        out / 'videos',
        train=out / 'train_boxes.csv',
        val=out / 'val_boxes.csv',
        out=out / 'annotations',
        classes=out / 'classes.txt')
    os.replace(out / UNFINISHED, out / STAMP)
    return len(jobs)


def main(args=None) -> None:
    parser = argparse.ArgumentParser(
        description='Render the action_shapes set.')
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument(
        '--size', type=_size, metavar='WIDTHxHEIGHT', default=(96, 64))
    parser.add_argument('--num-train', type=int, default=480)
    parser.add_argument('--num-val', type=int, default=120)
    parser.add_argument('--max-actors', type=int, default=3)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--workers', type=int, help='default: every core')
    args = vars(parser.parse_args(args))
    out, workers = args.pop('out'), args.pop('workers')
    try:
        done = render(out, describe(**args), workers)
    except ValueError as error:
        raise SystemExit(f'error: {error}')
    print(f'{done} videos with annotations in {out}'
          if done else f'{out} is complete, nothing to do')


if __name__ == '__main__':
    main()
