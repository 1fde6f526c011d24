"""Checks of the person boxes against the annotations."""
import re
from typing import List

import numpy as np
from .check_rows import Numbered
from .findings import Finding, Split
from .formats import img_key, read_proposals


def overlaps(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Intersection over union, shape (N, M), of (N, 4) and (M, 4) boxes."""
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:4], others[None, :, 2:4])
    both = np.prod(np.clip(high - low, 0, None), axis=-1)  # (N, M)
    areas = [np.prod(b[:, 2:4] - b[:, :2], axis=-1) for b in (boxes, others)]
    union = areas[0][:, None] + areas[1] - both
    return both / np.maximum(union, 1e-12)


def check_proposals(split: Split, rows: List[Numbered]) -> List[Finding]:
    """Check each entry of the proposal file, and each key frame for one."""
    path = split.proposal_file
    if path is None:
        return []
    if not path.is_file():
        return [Finding(path, 0, 'file-missing', 'there is no such file')]
    try:
        proposals = read_proposals(path)
    except ValueError as error:
        return [Finding(path, 0, 'proposal-file', str(error))]
    truth, first = {}, {}
    for line, row in rows:
        key = img_key(row.video, row.timestamp)
        truth.setdefault(key, []).append(row.box)
        first.setdefault(key, line)
    found: List[Finding] = []
    for number, (key, boxes) in enumerate(proposals.items(), 1):

        def report(kind, what):
            found.append(Finding(path, number, kind, what))

        match = re.fullmatch(r'(.+),(\d{4,})', str(key))
        if match is None or img_key(match[1], int(match[2])) != key:
            report('proposal-key', repr(key))
        elif key not in truth:
            report('proposal-orphan', repr(key))
        shape = getattr(boxes, 'shape', None)
        if not isinstance(boxes, np.ndarray) or len(shape) != 2 or (
                shape[1] not in (4, 5)) or boxes.dtype.kind not in 'fiu':
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
        if key in truth and inside.all() and overlaps(
                boxes, np.array(truth[key])).max() < .5:
            report('proposal-unmatched', repr(key))
    for key, line in first.items():
        if key not in proposals:
            found.append(
                Finding(split.ann_file, line, 'proposal-missing', repr(key)))
    return found
