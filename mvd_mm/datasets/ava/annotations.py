"""From boxes and actions in videos to all files that training needs."""
from pathlib import Path
from typing import Dict, Optional, Sequence

import numpy as np

from .convert import Clock, Entities, relative_box
from .formats import (Box, Row, img_key, read_proposals, write_excluded,
                      write_label_list, write_meta, write_proposals,
                      write_rows)
from .options import split_options
from .parts import list_classes, read_excluded, split_videos
from .sources import read_labels

__all__ = ['build_annotations', 'true_boxes']

SPLITS = ('train', 'val')


def true_boxes(rows: Sequence[Row]) -> Dict[str, np.ndarray]:
    """Each annotated person as a proposal of score 1.

    Returns:
        dict[str, np.ndarray]: Shape (N, 5), float32, by key frame.
    """
    boxes: Dict[str, Dict[Box, None]] = {}  # without repetitions
    for row in rows:
        boxes.setdefault(img_key(row.video, row.timestamp), {})[row.box] = None
    return {
        key: np.array([(*box, 1.) for box in found], dtype=np.float32)
        for key, found in boxes.items()
    }


def build_annotations(videos: Path,
                      train: Path,
                      out: Path,
                      val: Optional[Path] = None,
                      val_share: float = 0.2,
                      seed: int = 0,
                      boxes: str = 'pixels',
                      time_unit: str = 'seconds',
                      classes: Optional[Path] = None,
                      excluded: Optional[Path] = None,
                      proposals: Optional[Path] = None) -> dict:
    """Write csv, label list, excluded timestamps and proposals of a set.

    Args:
        videos (Path): Folder of the videos.
        train (Path): Boxes and actions, csv or json.
        out (Path): Folder to write to.
        val (Path, optional): The same of held-out videos; None: whole videos
            of ``train`` are held out.
        val_share (float): Share of the videos to hold out, in (0, 1).
        seed (int): Of the split.
        boxes (str): Unit of a csv's boxes, ``'pixels'`` or ``'relative'``;
            those of COCO-style json are pixels.
        time_unit (str): ``'seconds'`` or ``'frames'`` (from 0).
        classes (Path, optional): Names of the classes, one a line, in the
            order of their numbers; None: all actions, sorted.
        excluded (Path, optional): Lines ``video,time`` not to be used.
        proposals (Path, optional): Person boxes found by a detector; None:
            the annotated boxes.

    Returns:
        dict: What meta.json holds.

    Raises:
        FileNotFoundError: If a file or video is missing.
        ValueError: With file and line, if an entry is wrong.
    """
    parts = dict(train=read_labels(train))
    if val is None:
        parts['train'], parts['val'] = split_videos(parts['train'], val_share,
                                                    seed)
    else:
        parts['val'] = read_labels(val)
    every = parts['train'] + parts['val']
    names = list_classes(every, classes)
    skipped = read_excluded(excluded)
    clock = Clock(videos, every, time_unit)
    found = None if proposals is None else read_proposals(
        proposals, clock.size, {label.video
                                for label in every})
    meta = dict(
        videos=str(videos.resolve()),
        classes=names,
        num_classes=len(names) + 1,  # number 0 means no action
        **clock.meta())
    written = {}
    for split in SPLITS:
        entities = Entities()
        rows = sorted({
            Row(label.video, clock.stamp(label),
                relative_box(label, boxes, clock.size(label.video)),
                names.index(label.action) + 1, entities.number(label))
            for label in parts[split]
        })
        own = {row.video for row in rows}
        stamps = [(video, clock.convert(video, time, where))
                  for video, time, where in skipped if video in own]
        persons = true_boxes(rows)
        if found is not None:
            persons = {key: found[key] for key in persons if key in found}
            if not persons:
                raise ValueError(
                    f'`proposals` {proposals} holds no key frame of {split}: '
                    'make it with detect_persons.py for this set')
        written[split] = rows, stamps, persons
    # only now: an error above leaves the folder as it was
    out.mkdir(parents=True, exist_ok=True)
    for split, (rows, stamps, persons) in written.items():
        write_rows(out / f'{split}.csv', rows)
        write_excluded(out / f'{split}_excluded_timestamps.csv', stamps)
        write_proposals(out / f'{split}_proposals.pkl', persons)
    write_label_list(out / 'action_list.pbtxt', names)
    write_meta(out, meta)
    options = split_options(out, meta)
    (out / 'cfg_options.txt').write_text('\n'.join(options) + '\n')
    return meta
