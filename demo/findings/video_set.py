"""The video set of the findings: files, and a list for each task."""
from functools import partial
from pathlib import Path
from typing import Optional, Tuple

import numpy as np

from ..motion_shapes.settings import FPS
from ..rendered_set import SPLITS, clip_name, render_clips, write_video
from .plan import TASKS
from .scenes import CLASSES, PANS, draw_clip, draw_labels

VERSION = 1  # raise it whenever the frames of some clip change
SIZE = 96  # pixels; networks see 48, so that the encoder's noise is small
FRAMES = 20


def describe(seed: int, num_train: int = 1280, num_val: int = 640) -> dict:
    """All parameters of a set; clips do not depend on how many there are."""
    return dict(
        generator='findings',
        version=VERSION,
        size=SIZE,
        num_frames=FRAMES,
        num_train=num_train,
        num_val=num_val,
        seed=seed,
        **{
            task: list(names)
            for task, names in CLASSES.items()
        })


def draw_frames(meta: dict, split: str, index: int) -> np.ndarray:
    """Draw the frames of a clip before encoding, (T, H, W, 3) uint8 RGB."""
    number = SPLITS.index(split)
    # the leading 5 keeps these draws apart from those of the labels
    rng = np.random.default_rng([5, meta['seed'], number, index])
    return draw_clip(rng, *draw_labels(meta['seed'], number, index),
                     meta['size'], meta['num_frames'])


def list_of(meta: dict, split: str, task: Optional[str] = None) -> str:
    """The list of a split's videos with their labels.

    Args:
        meta (dict): What :func:`describe` returns.
        split (str): ``'train'`` or ``'val'``.
        task (str, optional): A key of ``TASKS``; None: both labels in one
            number, appearance * len(PANS) + motion.
    """
    lines = []
    for index in range(meta[f'num_{split}']):
        labels = draw_labels(meta['seed'], SPLITS.index(split), index)
        number = (
            labels[0] * len(PANS) +
            labels[1] if task is None else labels[TASKS.index(task)])
        lines.append(f'{clip_name(split, index)} {number}\n')
    return ''.join(lines)


def _render_one(job: Tuple[str, int], out: Path, meta: dict) -> None:
    write_video(out / clip_name(*job), draw_frames(meta, *job), FPS)


def render(out: Path, meta: dict, workers: Optional[int] = None) -> int:
    """Render what is missing of a set; see ``rendered_set.render_clips``."""
    texts = {f'{split}.txt': list_of(meta, split) for split in SPLITS}
    for task in TASKS:
        for split in SPLITS:
            texts[f'{split}_{task}.txt'] = list_of(meta, split, task)
    return render_clips(out, meta, partial(_render_one, out=out, meta=meta),
                        texts, workers)
