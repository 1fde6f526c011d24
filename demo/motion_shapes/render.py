"""Render the quickstart's own video set.

    python tools/data/motion_shapes/render.py --out data/motion_shapes

A second call with the same parameters finds the videos and does nothing; an
interrupted one is completed. See the README beside this file.
"""
import argparse
import json
import os
import re
from functools import partial
from multiprocessing import Pool
from pathlib import Path
from typing import Optional, Tuple

import cv2
import numpy as np
from .classes import CLASSES, label_of
from mvd_mm.utils.progress import Progress
from .scenes import render_clip
from .settings import FPS, SETTINGS, describe

SPLITS = ('train', 'val')
STAMP = 'meta.json'  # written last: its presence says that all is there
UNFINISHED = 'meta.unfinished.json'


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


def write_video(path: Path, frames: np.ndarray) -> None:
    """Write frames as MPEG-4; the file appears once it is complete.

    Args:
        path (Path): File to write, ending in .mp4.
        frames (np.ndarray): RGB frames of shape (T, H, W, 3), uint8.

    Raises:
        RuntimeError: If this OpenCV cannot write MPEG-4.
    """
    part = path.with_name(f'{path.stem}.{os.getpid()}.part.mp4')
    height, width = frames.shape[1:3]
    writer = cv2.VideoWriter(
        str(part), cv2.CAP_FFMPEG, cv2.VideoWriter_fourcc(*'mp4v'), FPS,
        (width, height))
    if not writer.isOpened():
        raise RuntimeError(
            f'OpenCV {cv2.__version__} cannot write MPEG-4 to {part}; the '
            'wheels of opencv-python and opencv-python-headless can')
    for frame in frames:
        writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    writer.release()
    os.replace(part, path)


def _render_one(job: Tuple[str, int], out: Path, meta: dict) -> None:
    split, index = job
    cv2.setNumThreads(1)  # the workers already use every core
    write_video(out / clip_name(split, index), draw_frames(meta, *job))


def clip_name(split: str, index: int) -> str:
    """Name a clip, relative to the folder of the video set."""
    return f'{split}/{index:06d}.mp4'


def claim(out: Path, meta: dict) -> bool:
    """Make sure that the folder is ours, and tell whether it is complete.

    Raises:
        ValueError: If the folder holds anything else.
    """
    if out.exists() and not out.is_dir():
        raise ValueError(f'`out` {out} is a file; name a folder')
    for name in (STAMP, UNFINISHED):
        if (out / name).is_file():
            try:
                found = json.loads((out / name).read_text(encoding='utf-8'))
            except ValueError:  # cut short while being written
                found = None
            if found != meta:
                raise ValueError(
                    f'`out` {out} holds a video set of other parameters (see '
                    f'{name} in it); name another folder or delete this one')
            return name == STAMP
    if out.exists() and any(out.iterdir()):
        raise ValueError(
            f'`out` {out} holds files that this program did not write; name '
            'an empty or a new folder')
    out.mkdir(parents=True, exist_ok=True)
    (out / UNFINISHED).write_text(
        json.dumps(meta, indent=2) + '\n', encoding='utf-8')
    return False


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
        (out / split).mkdir(exist_ok=True)
        for part in (out / split).glob('*.part.mp4'):
            part.unlink()  # left behind by an interrupted call
        (out / f'{split}.txt').write_text(
            ''.join(f'{clip_name(*job)} '
                    f'{label_of(meta["seed"], SPLITS.index(split), job[1])}\n'
                    for job in jobs if job[0] == split),
            encoding='utf-8')
    (out / 'classes.txt').write_text('\n'.join(CLASSES) + '\n')
    progress = Progress(len(missing), 'clips')
    with Pool(workers) as pool:
        for _ in pool.imap_unordered(
                partial(_render_one, out=out, meta=meta), missing, 8):
            progress.step()
    if not complete:
        os.replace(out / UNFINISHED, out / STAMP)
    return len(missing)


def _size(text: str) -> Tuple[int, int]:
    if not re.fullmatch(r'\d+x\d+', text):
        raise argparse.ArgumentTypeError(
            f'{text!r} is no WIDTHxHEIGHT, e.g. 64x64')
    width, height = text.split('x')
    return int(width), int(height)


def main(args=None) -> None:
    parser = argparse.ArgumentParser(
        description='Render the motion_shapes video set.')
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--setting', choices=SETTINGS, default='easy')
    parser.add_argument('--size', type=_size, metavar='WIDTHxHEIGHT')
    parser.add_argument('--num-frames', type=int, help='of each clip')
    parser.add_argument('--num-train', type=int)
    parser.add_argument('--num-val', type=int)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--workers', type=int, help='default: every core')
    parser.add_argument(
        '--sheet', type=Path, help='also write a PNG of some frames here')
    args = vars(parser.parse_args(args))
    out, workers, sheet = (args.pop(k) for k in ('out', 'workers', 'sheet'))
    try:
        done = render(out, describe(**args), workers)
    except ValueError as error:
        raise SystemExit(f'error: {error}')
    print(f'{done} videos rendered to {out}'
          if done else f'{out} is complete, nothing to do')
    if sheet is not None:
        from .sheet import write_sheet
        write_sheet(out, sheet)
        print(f'wrote {sheet}')


if __name__ == '__main__':
    main()
