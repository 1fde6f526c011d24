"""Person boxes in the form of the published detector's file, a json."""
import json
import re
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, List, Optional, Tuple, Union

import cv2
import numpy as np

__all__ = ['read_person_boxes', 'detection_size']

Size = Tuple[int, int]
# VIDEO,0902  VIDEO_0902  VIDEO/0902  VIDEO/VIDEO_0902.jpg
_IMAGE = re.compile(r'(?P<video>[^/,]+?)(/(?P=video))?[,_/](?P<stamp>\d+)'
                    r'(\.(jpg|jpeg|png))?')
# boxes may end this far outside of the frame, in pixels
_SLACK = 2.
_FORM = ('a list of {"image_id": "VIDEO,0902", "bbox": [x, y, width, height] '
         'in pixels, "score": 0.99}, or {"images": [...], "annotations": such '
         'a list}')


def read_person_boxes(
        path: str,
        frame_size: Callable[[str], Size],
        videos: Optional[Iterable[str]] = None) -> Dict[str, np.ndarray]:
    """Read detected persons, ``ava_val_det_person_bbox.json`` or alike.

    The file is a list of boxes in COCO's form: ``image_id``, ``bbox`` (x, y,
    width, height in pixels) and ``score``. ``image_id`` names video and
    second: ``'VIDEO,0902'``, ``'VIDEO_0902'``, ``'VIDEO/0902'`` or
    ``'VIDEO/VIDEO_0902.jpg'``. A json object with the list under
    ``annotations`` may also have ``images``: ``id`` (any), ``width`` and
    ``height`` in pixels, and either ``video`` (or ``movie`` or ``video_id``)
    and ``timestamp``, or a ``file_name`` of the forms above.

    Args:
        path (str): The file.
        frame_size (Callable): Width and height in pixels of the frames on
            which boxes were found, from the name of a video; asked for where
            ``images`` does not tell.
        videos (Iterable[str], optional): Boxes of others are left out; None:
            all are read.

    Returns:
        dict[str, np.ndarray]: By ``'VIDEO,0902'``: x1, y1, x2, y2 in shares of
        the frame, inside of it, and score, shape (N, 5), float64, the best
        first. Boxes without width or height are left out.

    Raises:
        ValueError: If an entry is malformed: names file and entry, from 1.
    """
    try:
        content = json.loads(Path(path).read_text(encoding='utf-8'))
    except ValueError as error:  # also of a wrong encoding
        raise ValueError(f'{path} is not a json file: {error}') from error
    images: Dict[Any, _Image] = {}
    if isinstance(content, dict) and 'annotations' in content:
        images = _read_images(content.get('images', []), f'{path}: image')
        content = content['annotations']
    if not isinstance(content, list):
        raise ValueError(f'{path} holds a {type(content).__name__} where '
                         f'person boxes are expected: {_FORM}')
    wanted = None if videos is None else set(videos)
    sizes: Dict[str, Size] = {}
    rows: Dict[str, List[List[float]]] = {}
    categories = set()
    largest = 0.
    for number, entry in enumerate(content, 1):
        where = f'{path}: entry {number}'
        box, score, image_id = _read_entry(entry, where)
        categories.add(entry.get('category_id'))
        if len(categories) > 1:
            raise ValueError(
                f'{where}: `category_id` is {entry.get("category_id")!r}, '
                'others have another one; leave only persons in the file')
        largest = max(largest, box[0] + box[2], box[1] + box[3])
        image = images.get(image_id)
        if image is None:
            image = _read_image_id(image_id, where)
        if wanted is not None and image.video not in wanted:
            continue
        size = image.size or sizes.get(image.video)
        if size is None:
            size = sizes[image.video] = frame_size(image.video)
        share = _share(box, size, where)
        if share[2] > share[0] and share[3] > share[1]:
            rows.setdefault(image.key, []).append([*share, score])
    if content and largest <= 1.5:
        raise ValueError(f'{path}: no `bbox` reaches beyond {largest:g}: they '
                         'are shares of the frame; expected pixels')
    boxes = {}
    for key, found in rows.items():
        array = np.array(found)  # (N, 5)
        boxes[key] = array[np.argsort(-array[:, 4], kind='stable')]
    return boxes


def detection_size(media: Path,
                   proposal_size: Union[int, Size, None] = None) -> Size:
    """Width and height of the frames on which persons were found.

    Args:
        media (Path): The video file, or the folder of its extracted frames.
        proposal_size (int or tuple[int, int], optional): Width and height, or
            the short side, the long one following from the shape of the
            video. None: those of the frames at hand.

    Raises:
        FileNotFoundError: If a frame is needed and none can be read.
    """
    if isinstance(proposal_size, (tuple, list)):
        width, height = proposal_size
        return width, height
    if media.is_dir():
        path = next(media.glob('*'), media)  # all have one size
        frame = cv2.imread(str(path))
    else:
        path = media
        capture = cv2.VideoCapture(str(path))
        frame = capture.read()[1]
        capture.release()
    if frame is None:
        raise FileNotFoundError(
            'person boxes in pixels need the size of the frames, which cannot '
            f'be read from {path}; set `proposal_size` to (width, height)')
    height, width = frame.shape[:2]
    if proposal_size is not None:
        scale = proposal_size / min(width, height)
        return round(width * scale), round(height * scale)
    return width, height


class _Image:
    """A key frame and, if stated, its size."""

    def __init__(self, video: str, stamp: int, size: Optional[Size]) -> None:
        self.video = video
        self.key = f'{video},{stamp:04d}'
        self.size = size


def _read_entry(entry: Any, where: str) -> Tuple[List[float], float, Any]:
    """Box (x, y, width, height), score and image_id."""
    missing = [
        key for key in ('image_id', 'bbox', 'score')
        if not isinstance(entry, dict) or key not in entry
    ]
    if missing:
        raise ValueError(f'{where} has no {", ".join(missing)}; expected '
                         f'{_FORM}')
    try:
        box = [float(value) for value in entry['bbox']]
        score = float(entry['score'])
    except (TypeError, ValueError):
        box, score = [], np.nan
    if len(box) != 4 or not np.isfinite(box).all() or min(box[2:]) < 0:
        raise ValueError(
            f'{where}: `bbox` is {entry["bbox"]!r} and `score` '
            f'{entry["score"]!r}; expected four numbers, x, y, width and '
            'height in pixels, the last two not negative, and a number')
    if not 0 <= score <= 1:
        raise ValueError(f'{where}: `score` is {score}, not within 0..1')
    image_id = entry['image_id']
    if isinstance(image_id, (list, dict)):
        raise ValueError(f'{where}: `image_id` is {image_id!r}, neither a '
                         'text nor a number')
    return box, score, image_id


def _read_image_id(name: Any, where: str) -> _Image:
    match = _IMAGE.fullmatch(name) if isinstance(name, str) else None
    if match is None:
        raise ValueError(
            f'{where}: `image_id` {name!r} does not name a video and a '
            "second, as 'VIDEO,0902' does, and is not the `id` of any of "
            'the `images` of this file; add those, or write the names')
    return _Image(match['video'], int(match['stamp']), None)


def _read_images(entries: Any, place: str) -> Dict[Any, _Image]:
    images = {}
    if not isinstance(entries, list):
        raise ValueError(f'{place}s are a {type(entries).__name__}, not a '
                         'list')
    for number, entry in enumerate(entries, 1):
        where = f'{place} {number}'
        try:
            size = int(entry['width']), int(entry['height'])
            video = next(
                (str(entry[key])
                 for key in ('video', 'movie', 'video_id') if key in entry),
                None)
            if video is None:
                image = _read_image_id(entry['file_name'], where)
                image.size = size
            else:
                image = _Image(video, int(entry['timestamp']), size)
            images[entry['id']] = image
        except (KeyError, TypeError) as error:
            raise ValueError(
                f'{where} is malformed ({error!r}): it needs id, width, '
                'height, and file_name or video and timestamp') from error
        if min(size) < 1:
            raise ValueError(f'{where}: {size[0]} x {size[1]} pixels')
    return images


def _share(box: List[float], size: Size, where: str) -> List[float]:
    """Corners in shares of the frame, cut at its border."""
    x, y, width, height = box
    corners = x, y, x + width, y + height
    bounds = size * 2
    for value, bound in zip(corners, bounds):
        if not -_SLACK <= value <= bound + _SLACK:
            raise ValueError(
                f'{where}: `bbox` {box} leaves the frame of {size[0]} x '
                f'{size[1]} pixels: persons were found on frames of another '
                'size. Set `proposal_size` of the data set to the short side '
                'of those, or write `images` with width and height into the '
                'file')
    return [
        min(max(value / bound, 0.), 1.)
        for value, bound in zip(corners, bounds)
    ]
