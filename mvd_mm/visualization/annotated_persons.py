"""The annotations of a video as persons to draw."""
from pathlib import Path
from typing import Dict, List, Tuple

import numpy as np

from mvd_mm.datasets.ava.formats import (Box, frame_number, read_label_list,
                                         read_meta, read_rows)
from mvd_mm.datasets.ava.options import files_of
from mvd_mm.datasets.video_files import find_video, probe
from .action_boxes import Person
from .action_video import Keys, draw_video

__all__ = ['annotated_persons', 'draw_annotations']


def annotated_persons(folder: Path, split: str, video: str) -> Keys:
    """Annotated persons of a video, without scores.

    Args:
        folder (Path): Of the set; with a meta.json.
        split (str): ``'train'`` or ``'val'``.
        video (str): Name of the video without the ending.

    Returns:
        dict[int, list[Person]]: By number of the key frame, from 0.

    Raises:
        FileNotFoundError: If there is no meta.json, or no such video.
        ValueError: If the part has no annotation of it, or the set consists
            of extracted frames.
    """
    meta = read_meta(folder)
    if meta.get('use_frames'):
        raise ValueError(f'`set` {folder} consists of extracted frames; '
                         'prepare it with videos')
    files = files_of(folder, meta, split)
    names = read_label_list(files['label_file'])
    rows = read_rows(files['ann_file'])
    # timestamp -> person and box -> actions
    persons: Dict[int, Dict[Tuple[int, Box], List[str]]] = {}
    for row in rows:
        if row.video == video:
            actions = persons.setdefault(row.timestamp, {})
            actions.setdefault(
                (row.entity, row.box),
                []).append(names.get(row.label, f'label {row.label}?'))
    if not persons:
        raise ValueError(
            f'`video` {video!r} has no annotation in {files["ann_file"]}; it '
            f'has {sorted({row.video for row in rows})[:5]}, ...')
    rate, _, _ = probe(find_video(Path(meta['videos']), video))
    return {
        frame_number(meta, timestamp, rate): [
            Person(
                np.array(box), tuple((name, None) for name in actions), entity)
            for (entity, box), actions in found.items()
        ]
        for timestamp, found in persons.items()
    }


def draw_annotations(folder: Path, split: str, video: str,
                     out: Path) -> Tuple[int, int, int]:
    """Draw the annotations of a video on its frames.

    Args:
        folder (Path): Of the set; with a meta.json.
        split (str): ``'train'`` or ``'val'``.
        video (str): Name of the video without the ending.
        out (Path): File to write, ending in .mp4.

    Returns:
        tuple[int, int, int]: Number of frames, of frames with boxes, and of
        key frames.

    Raises:
        FileNotFoundError, ValueError: See :func:`annotated_persons` and
            :func:`~mvd_mm.visualization.action_video.draw_video`.
    """
    keys = annotated_persons(folder, split, video)
    path = find_video(Path(read_meta(folder)['videos']), video)
    return (*draw_video(path, keys, out), len(keys))
