"""Boxes and actions as users have them: a plain csv, or COCO-style json."""
import csv
import json
from pathlib import Path
from typing import Any, List, NamedTuple, Optional, Tuple

from ..video_files import VIDEO_SUFFIXES
from .formats import Box

__all__ = ['Label', 'read_labels']

COLUMNS = ('video', 'time', 'x1', 'y1', 'x2', 'y2', 'action')


class Label(NamedTuple):
    """One action of one person, in the source's own units.

    Args:
        where (str): File and line, for errors.
        video (str): Its name without the ending.
        time (float): In seconds, or a frame number from 0.
        box (tuple): x1, y1, x2, y2, in pixels or as shares of the frame.
        action (str): Its name.
        actor (str, optional): Name of the person.
        size (tuple[int, int], optional): Width and height of the frame in
            pixels, if the source states it.
    """

    where: str
    video: str
    time: float
    box: Box
    action: str
    actor: Optional[str]
    size: Optional[Tuple[int, int]]


def read_labels(path: Path) -> List[Label]:
    """Read a csv or json file of boxes and actions.

    Args:
        path (Path): See the README for both formats.

    Returns:
        list[Label]: In the order of the file.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: With file and line, if something is missing or malformed.
    """
    if not path.is_file():
        raise FileNotFoundError(f'there is no file {path} of boxes')
    reader = dict(csv=_read_csv, json=_read_coco).get(path.suffix[1:].lower())
    if reader is None:
        raise ValueError(f'{path} must end in .csv or .json, to tell which '
                         'format it has')
    labels = reader(path)
    if not labels:
        raise ValueError(f'{path} holds no box')
    return labels


def _video_name(name: str) -> str:
    for suffix in VIDEO_SUFFIXES:
        if name.lower().endswith(suffix):
            return name[:-len(suffix)]
    return name


def _label(where: str,
           video: Any,
           time: Any,
           box: Any,
           action: Any,
           actor: Any,
           size: Optional[Tuple[int, int]] = None) -> Label:
    """Check one entry, whichever format it came from."""
    video, action = str(video or '').strip(), str(action or '').strip()
    if not video or any(char in video for char in ',"\n'):
        raise ValueError(f'{where}: `video` {video!r} must be a name without '
                         'commas and quotation marks; rename the file')
    if not action or '"' in action:
        raise ValueError(f'{where}: `action` {action!r} must be a name '
                         'without quotation marks')
    try:
        time, box = float(time), tuple(float(value) for value in box)
    except (TypeError, ValueError):
        raise ValueError(f'{where}: `time` {time!r} and the box {box!r} must '
                         'be numbers') from None
    if len(box) != 4 or not time >= 0:
        raise ValueError(f'{where}: `time` must not be negative and a box '
                         f'has four numbers, got {time} and {box}')
    actor = None if actor in (None, '') else str(actor)
    return Label(where, _video_name(video), time, box, action, actor, size)


def _read_csv(path: Path) -> List[Label]:
    with path.open(newline='', encoding='utf-8-sig') as file:
        reader = csv.DictReader(file)
        header = reader.fieldnames or []
        missing = [name for name in COLUMNS if name not in header]
        unknown = [name for name in header if name not in (*COLUMNS, 'actor')]
        if missing or unknown:
            raise ValueError(
                f'{path}:1: the columns must be {",".join(COLUMNS)} and, if '
                f'wanted, actor; missing {missing}, unknown {unknown}')
        labels = []
        for row in reader:
            where = f'{path}:{reader.line_num}'
            if None in row or None in row.values():
                raise ValueError(f'{where}: this line does not have as many '
                                 'fields as the first')
            for action in row['action'].split(';'):
                labels.append(
                    _label(where, row['video'], row['time'],
                           [row[name] for name in COLUMNS[2:6]], action,
                           row.get('actor')))
    return labels


def _read_coco(path: Path) -> List[Label]:
    try:
        content = json.loads(path.read_text(encoding='utf-8'))
        parts = [content[k] for k in ('images', 'annotations', 'categories')]
        images, annotations, categories = parts
        images = {image['id']: image for image in images}
        names = {entry['id']: entry['name'] for entry in categories}
        videos = {v['id']: v['name'] for v in content.get('videos', [])}
    except (TypeError, ValueError, KeyError) as error:
        raise ValueError(
            f'{path} is not COCO-style json ({error!r}): it needs '
            'images, annotations, categories') from error
    labels = []
    for number, entry in enumerate(annotations, 1):
        where = f'{path}: annotation {entry.get("id", number)}'
        try:
            image = images[entry['image_id']]
            x, y, width, height = entry['bbox']
            box = (x, y, x + width, y + height)
            chosen = entry.get('category_ids', entry.get('category_id'))
            chosen = chosen if isinstance(chosen, list) else [chosen]
            actions = [names[category] for category in chosen]
            video = image.get('video') or videos[image['video_id']]
            time = image['time']
            size = int(image['width']), int(image['height'])
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f'{where}: {error!r}; an annotation needs image_id, bbox and '
                'category_id or category_ids, its image video (or video_id), '
                'time, width, height') from error
        labels += [
            _label(where, video, time, box, action, entry.get('track_id'),
                   size) for action in actions
        ]
    return labels
