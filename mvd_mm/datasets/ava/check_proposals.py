"""Checks of the person boxes against the annotations."""
import re
from pathlib import Path
from typing import Dict, List, Set, Tuple

import numpy as np

from ..person_boxes import detection_size
from ..video_files import find_video
from .boxes import overlap
from .check_rows import Numbered
from .findings import Finding, Split
from .formats import Box, img_key, read_proposals

__all__ = ['check_proposals']


def check_proposals(split: Split, rows: List[Numbered]) -> List[Finding]:
    """Check the entries of the proposal file; each key frame needs one.

    Args:
        split (Split): With ``proposal_file``; nothing is checked without.
        rows (list[Numbered]): Sound lines of the annotations.
    """
    path = split.proposal_file
    if path is None:
        return []
    if not path.is_file():
        return [Finding(path, 0, 'file-missing', 'there is no such file')]
    videos = {row.video for _, row in rows}
    try:
        proposals, unread = _read(split, path, videos)
    except ValueError as error:
        return [Finding(path, 0, 'proposal-file', str(error))]
    truth: Dict[str, List[Box]] = {}
    first: Dict[str, int] = {}  # line of a key frame's first annotation
    for line, row in rows:
        key = img_key(row.video, row.timestamp)
        truth.setdefault(key, []).append(row.box)
        first.setdefault(key, line)
    found: List[Finding] = []
    for number, (key, boxes) in enumerate(proposals.items(), 1):

        def report(kind: str, what: str, number: int = number) -> None:
            found.append(Finding(path, number, kind, what))

        match = re.fullmatch(r'(.+),(\d{4,})', str(key))
        if match is None or img_key(match[1], int(match[2])) != key:
            report('proposal-key', repr(key))
        elif key not in truth and not split.every_key_frame:
            report('proposal-orphan', repr(key))
        if not isinstance(boxes, np.ndarray) or boxes.ndim != 2 or (
                boxes.shape[1] not in (4, 5)) or boxes.dtype.kind not in 'fiu':
            shape = getattr(boxes, 'shape', None)
            report('proposal-shape', f'{key!r}: {shape}')
            continue
        if not len(boxes):
            report('proposal-empty', repr(key))
            continue
        inside = (boxes[:, :4] >= 0) & (boxes[:, :4] <= 1)  # False for NaN
        if not inside.all():
            report('proposal-outside', f'{key!r}: {boxes[:, :4].tolist()}')
        scores = boxes[:, 4:]
        if not ((scores >= 0) & (scores <= 1)).all():
            report('proposal-score', f'{key!r}: {scores.ravel().tolist()}')
        if key in truth and inside.all() and overlap(
                boxes[:, None, :4], np.array(truth[key])).max() < .5:
            report('proposal-unmatched', repr(key))
    for key, line in first.items():
        if key not in proposals and key.rpartition(',')[0] not in unread:
            found.append(
                Finding(split.ann_file, line, 'proposal-missing', repr(key)))
    return found


def _read(split: Split, path: Path,
          videos: Set[str]) -> Tuple[Dict[str, np.ndarray], Set[str]]:
    """Proposals, and videos whose boxes in pixels cannot be placed.

    Those are missing or damaged, which ``check_media`` says.
    """
    if path.suffix != '.json':
        return read_proposals(path), set()
    if split.media is None:
        size = split.proposal_size
        fixed = size if isinstance(size, (tuple, list)) else None
        return read_proposals(path, fixed and (lambda _: fixed), videos), set()
    sizes: Dict[str, Tuple[int, int]] = {}
    for video in videos:
        try:
            media = (
                split.media /
                video if split.use_frames else find_video(split.media, video))
            sizes[video] = detection_size(media, split.proposal_size)
        except FileNotFoundError:
            continue
    return (read_proposals(path, sizes.__getitem__,
                           sizes), videos - set(sizes))
