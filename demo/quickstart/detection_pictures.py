"""Held-out clips with what is annotated and what a detector finds."""
import json
import os
import sys
from pathlib import Path
from typing import Dict, List, Sequence

import cv2
import numpy as np
from mmengine.config import Config

TOOLS = Path(__file__).resolve().parents[1]
sys.path += [str(TOOLS / 'visualizations'), str(TOOLS / 'data')]

# isort: off
from mvd_mm.visualization.action_boxes import Person, draw_persons  # noqa: E402
from mvd_mm.apis.action_detector import ActionDetector  # noqa: E402
from mvd_mm.visualization.action_video import overlap, persons_at, read_frames  # noqa: E402
from mvd_mm.datasets.ava.convert import probe  # noqa: E402
from mvd_mm.datasets.ava.formats import (  # noqa: E402
    META, find_video, img_key, read_label_list, read_proposals, read_rows)
from mvd_mm.datasets.ava.options import files_of  # noqa: E402
from draw_actions import detect_actions  # noqa: E402
from show_ava import annotated  # noqa: E402
# isort: on

Keys = Dict[int, List[Person]]  # persons by key frame


def crowded(annotations: Path, number: int) -> List[str]:
    """The first held-out videos with as many actors as any has."""
    meta = json.loads((annotations / META).read_text())
    actors: Dict[str, set] = {}
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
    """Each frame twice, BGR: annotated at the left, found at the right."""
    meta = json.loads((annotations / META).read_text())
    files = files_of(annotations, meta, 'val')
    video = find_video(Path(meta['videos']), name)
    boxes = read_proposals(files['proposal_file'])
    true = annotated(annotations, meta, 'val', name)
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
        threshold (float): Least score of an action that is shown.

    Returns:
        dict[str, Path]: ``'video'`` and ``'sheet'``.
    """
    detector = ActionDetector(cfg, checkpoint, 'cpu')
    paths = dict(video=folder / 'actions.mp4', sheet=folder / 'actions.png')
    part = folder / 'actions.part.mp4'
    writer, rows = None, []
    for name in crowded(annotations, number):
        pictures = clip_pictures(annotations, name, detector, threshold)
        rows.append(pictures[detector.data.fps])  # second 1, a key frame
        if writer is None:
            height, width = rows[0].shape[:2]
            writer = cv2.VideoWriter(
                str(part), cv2.VideoWriter_fourcc(*'mp4v'), detector.data.fps,
                (width, height))
        for picture in pictures:
            writer.write(picture)
    writer.release()
    os.replace(part, paths['video'])
    cv2.imwrite(str(paths['sheet']), np.vstack(rows))
    return paths
