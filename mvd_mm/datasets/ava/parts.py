"""Classes of a set, held-out videos, excluded times."""
from pathlib import Path
from typing import List, Optional, Sequence, Tuple

import numpy as np

from .sources import Label

__all__ = ['split_videos', 'list_classes', 'read_excluded']


def split_videos(labels: List[Label], share: float,
                 seed: int) -> Tuple[List[Label], List[Label]]:
    """Hold out whole videos, so that no scene is in both parts.

    Args:
        labels (list[Label]): All entries of the set.
        share (float): Share of held-out videos, in (0, 1).
        seed (int): Of the draw.

    Returns:
        tuple[list[Label], list[Label]]: For training, and held out.

    Raises:
        ValueError: If there is one video only, or ``share`` is not in (0, 1).
    """
    if not 0 < share < 1:
        raise ValueError(f'`val_share` must be in (0, 1), got {share}')
    videos = sorted({label.video for label in labels})
    if len(videos) < 2:
        raise ValueError(f'`train` names one video only ({videos[0]}): cut it '
                         'in two, or give `val` a file of its own')
    count = min(max(1, round(share * len(videos))), len(videos) - 1)
    order = np.random.default_rng(seed).permutation(len(videos))
    held_out = {videos[index] for index in order[:count]}
    return ([x for x in labels if x.video not in held_out],
            [x for x in labels if x.video in held_out])


def list_classes(labels: Sequence[Label], path: Optional[Path]) -> List[str]:
    """Names of the classes in the order of their numbers.

    Args:
        labels (Sequence[Label]): All entries of the set.
        path (Path, optional): File with a name a line; None: the actions of
            ``labels``, sorted.

    Raises:
        FileNotFoundError: If there is no file of that name.
        ValueError: If it lacks an action, or lists one twice.
    """
    if path is None:
        return sorted({label.action for label in labels})
    if not path.is_file():
        raise FileNotFoundError(f'`classes`: there is no file {path}')
    names = [line.strip() for line in path.read_text('utf-8').splitlines()]
    names = [name for name in names if name]
    if len(set(names)) < len(names):
        raise ValueError(f'`classes` {path} lists a class twice')
    for label in labels:
        if label.action not in names:
            raise ValueError(f'{label.where}: {label.action!r} is not among '
                             f'the {len(names)} classes of {path}')
    return names


def read_excluded(path: Optional[Path]) -> List[Tuple[str, float, str]]:
    """Videos and times that are not to be used, with file and line.

    Args:
        path (Path, optional): File with lines ``video,time``; None: no time
            is excluded.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: With file and line, if a line is malformed.
    """
    if path is not None and not path.is_file():
        raise FileNotFoundError(f'`excluded`: there is no file {path}')
    stamps = []
    lines = [] if path is None else path.read_text('utf-8').splitlines()
    for number, line in enumerate(lines, 1):
        try:
            video, time = line.split(',')
            stamps.append((video, float(time), f'{path}:{number}'))
        except ValueError:
            raise ValueError(f'{path}:{number}: {line!r} is not '
                             'video,time') from None
    return stamps
