"""What every rendered set needs: a folder that can be resumed, and videos."""
import argparse
import json
import os
import re
from pathlib import Path
from typing import Callable, Dict, Optional, Tuple

import cv2
import numpy as np

from mvd_mm.datasets.worker_pool import worker_pool
from mvd_mm.utils.progress import Progress

SPLITS = ('train', 'val')
STAMP = 'meta.json'  # written last: its presence says that all is there
UNFINISHED = 'meta.unfinished.json'


def claim(out: Path, meta: dict) -> bool:
    """Reserve a folder for a set, and return whether the set is complete.

    Args:
        out (Path): Folder of the set; it is made where there is none.
        meta (dict): All parameters of the set.

    Returns:
        bool: Whether the folder holds the whole set.

    Raises:
        ValueError: If the folder holds anything but this set.
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


def finish(out: Path) -> None:
    """Mark the set of a claimed folder as complete."""
    os.replace(out / UNFINISHED, out / STAMP)


def make_video_folder(folder: Path) -> None:
    """Make a folder for videos, without what an interrupted call left."""
    folder.mkdir(exist_ok=True)
    for part in folder.glob('*.part.mp4'):
        part.unlink()


def write_video(path: Path, frames: np.ndarray, rate: int) -> None:
    """Write frames as MPEG-4; the file appears once it is complete.

    Args:
        path (Path): File to write, ending in .mp4.
        frames (np.ndarray): RGB frames of shape (T, H, W, 3), uint8.
        rate (int): Frames a second.

    Raises:
        RuntimeError: If this OpenCV cannot write MPEG-4.
    """
    part = path.with_name(f'{path.stem}.{os.getpid()}.part.mp4')
    height, width = frames.shape[1:3]
    writer = cv2.VideoWriter(
        str(part), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*'mp4v'), rate,
        (width, height))
    if not writer.isOpened():
        raise RuntimeError(
            f'OpenCV {cv2.__version__} cannot write MPEG-4 to {part}; the '
            'wheels of opencv-python and opencv-python-headless can')
    for frame in frames:
        writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    writer.release()
    os.replace(part, path)


def clip_name(split: str, index: int) -> str:
    """Name a clip, relative to the folder of its set."""
    return f'{split}/{index:06d}.mp4'


def render_clips(out: Path,
                 meta: dict,
                 render_one: Callable[[Tuple[str, int]], None],
                 texts: Dict[str, str],
                 workers: Optional[int] = None) -> int:
    """Render what is missing of a set of clips, and write its lists.

    Args:
        out (Path): Folder of the set.
        meta (dict): All parameters of the set, ``num_train`` and ``num_val``
            among them.
        render_one (callable): Writes the clip of a split and a number, see
            :func:`clip_name`. It is pickled.
        texts (dict[str, str]): Text files by their name.
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
    for name, text in texts.items():
        (out / name).write_text(text, encoding='utf-8')
    progress = Progress(len(missing), 'clips')
    with worker_pool(workers) as pool:
        for _ in pool.imap_unordered(render_one, missing, 8):
            progress.step()
    if not complete:
        finish(out)
    return len(missing)


def parse_size(text: str) -> Tuple[int, int]:
    """Read ``WIDTHxHEIGHT`` from a command line.

    Raises:
        argparse.ArgumentTypeError: If the text is anything else.
    """
    if not re.fullmatch(r'\d+x\d+', text):
        raise argparse.ArgumentTypeError(
            f'{text!r} is not WIDTHxHEIGHT, e.g. 64x64')
    width, height = text.split('x')
    return int(width), int(height)
