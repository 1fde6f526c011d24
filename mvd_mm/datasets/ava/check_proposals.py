"""Checks of the person boxes against the annotations."""
import re
from typing import Dict, List

import numpy as np

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
    try:
        proposals = read_proposals(path)
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
        elif key not in truth:
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
        if key not in proposals:
            found.append(
                Finding(split.ann_file, line, 'proposal-missing', repr(key)))
    return found
