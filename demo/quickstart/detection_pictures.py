"""Held-out clips with what is annotated and what a detector finds."""
import os
from itertools import chain
from pathlib import Path
from typing import Dict, List, Sequence, Set

import cv2
import numpy as np
from mmengine.config import Config

from mvd_mm.apis.action_detection import detect_actions
from mvd_mm.apis.action_detector import ActionDetector
from mvd_mm.datasets.ava.boxes import overlap
from mvd_mm.datasets.ava.formats import (img_key, read_label_list, read_meta,
                                         read_proposals, read_rows)
from mvd_mm.datasets.ava.options import files_of
from mvd_mm.datasets.video_files import find_video, probe, read_frames
from mvd_mm.visualization.action_boxes import Person, draw_persons
from mvd_mm.visualization.action_video import persons_at
from mvd_mm.visualization.annotated_persons import annotated_persons

Keys = Dict[int, List[Person]]  # persons by key frame


def crowded(annotations: Path, number: int) -> List[str]:
    """Name the first held-out videos with the greatest number of actors."""
    meta = read_meta(annotations)
    actors: Dict[str, Set[int]] = {}
    for row in read_rows(files_of(annotations, meta, 'val')['ann_file']):
        actors.setdefault(row.video, set()).add(row.entity)
    most = max(map(len, actors.values()))
    return [name for name in sorted(actors)
            if len(actors[name]) == most][:number]


def _coloured(found: Keys, true: Keys) -> Keys:
    """Give found persons the colours of the annotated ones."""

    def colour(person: Person, others: Sequence[Person]) -> int:
        best = max(others, key=lambda other: overlap(person.box, other.box))
        return best.colour

    return {
        frame: [
            person._replace(colour=colour(person, true[frame]))
            for person in persons
        ] if true.get(frame) else persons
        for frame, persons in found.items()
    }


def clip_pictures(annotations: Path, name: str, detector: ActionDetector,
                  threshold: float) -> List[np.ndarray]:
    """Draw each frame twice, BGR: annotated at the left, found at the right.

    Args:
        annotations (Path): Folder of the set's annotations.
        name (str): Of a held-out video.
        detector (ActionDetector): Finds the actions.
        threshold (float): Lowest score of an action that is shown.

    Returns:
        list[np.ndarray]: A picture of shape (H, 2 * W, 3) per frame, uint8.
    """
    meta = read_meta(annotations)
    files = files_of(annotations, meta, 'val')
    video = find_video(Path(meta['videos']), name)
    boxes = read_proposals(files['proposal_file'])
    true = annotated_persons(annotations, 'val', name)
    found = detect_actions(
        video, detector, lambda second, frame: boxes.get(
            img_key(name, second), np.zeros((0, 5))),
        read_label_list(files['label_file']), threshold, 4)
    found = _coloured(found, true)
    rate, _, _ = probe(video)
    pictures = []
    for number, frame in enumerate(read_frames(video)):
        time = f'{number / rate:.1f} s'
        pictures.append(
            np.hstack([
                draw_persons(frame, persons_at(keys, number, round(rate / 2)),
                             f'{title}  {time}')
                for title, keys in ((f'{name}  annotated', true), ('found',
                                                                   found))
            ]))
    return pictures


def save_drawings(cfg: Config,
                  checkpoint: str,
                  annotations: Path,
                  folder: Path,
                  number: int = 3,
                  threshold: float = .3) -> Dict[str, Path]:
    """Write a video of some held-out clips, and a sheet of key frames.

    Args:
        cfg (Config): Of the detection.
        checkpoint (str): Of the detector.
        annotations (Path): Folder of the set's annotations.
        folder (Path): Where the files go.
        number (int): Of clips.
        threshold (float): Lowest score of an action that is shown.

    Returns:
        dict[str, Path]: ``'video'`` and ``'sheet'``.
    """
    detector = ActionDetector(cfg, checkpoint, 'cpu')
    paths = dict(video=folder / 'actions.mp4', sheet=folder / 'actions.png')
    clips = [
        clip_pictures(annotations, name, detector, threshold)
        for name in crowded(annotations, number)
    ]
    height, width = clips[0][0].shape[:2]
    part = folder / 'actions.part.mp4'
    writer = cv2.VideoWriter(
        str(part), cv2.VideoWriter.fourcc(*'mp4v'), detector.data.fps,
        (width, height))
    for picture in chain(*clips):
        writer.write(picture)
    writer.release()
    os.replace(part, paths['video'])
    # second 1, a key frame
    sheet = np.vstack([pictures[detector.data.fps] for pictures in clips])
    cv2.imwrite(str(paths['sheet']), sheet)
    return paths
