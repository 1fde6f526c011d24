"""From key frames with persons to a drawn video."""
import os
from pathlib import Path
from typing import Dict, Iterator, List, Sequence, Tuple

import cv2
import numpy as np
from mvd_mm.visualization.action_boxes import Person, draw_persons


def overlap(box: np.ndarray, other: np.ndarray) -> float:
    """Intersection over union of two boxes."""
    low, high = np.maximum(box[:2], other[:2]), np.minimum(box[2:], other[2:])
    both = np.prod(np.clip(high - low, 0, None))
    areas = np.prod(box[2:] - box[:2]) + np.prod(other[2:] - other[:2])
    return float(both / max(areas - both, 1e-12))


def follow(keys: Dict[int, List[Person]],
           least: float = .3) -> Dict[int, List[Person]]:
    """Give persons of neighbouring key frames one colour where boxes overlap.

    Args:
        keys (dict[int, list[Person]]): Persons by frame; their colours are
            not looked at.
        least (float): Overlap from which two boxes are one person.

    Returns:
        dict[int, list[Person]]: The same with colours.
    """
    number, before, result = 0, [], {}
    for frame in sorted(keys):
        persons, free = [], list(before)
        pairs = sorted(((overlap(person.box, old.box), i, j)
                        for i, person in enumerate(keys[frame])
                        for j, old in enumerate(before)),
                       reverse=True)
        colours, taken = {}, set()
        for share, i, j in pairs:
            if share >= least and i not in colours and j not in taken:
                colours[i] = free[j].colour
                taken.add(j)
        for i, person in enumerate(keys[frame]):
            if i not in colours:
                colours[i], number = number, number + 1
            persons.append(person._replace(colour=colours[i]))
        result[frame] = before = persons
    return result


def persons_at(keys: Dict[int, List[Person]], frame: int,
               hold: int) -> List[Person]:
    """Persons of a frame: boxes glide from one key frame to the next.

    Args:
        keys (dict[int, list[Person]]): Persons by key frame.
        frame (int): Number of the frame.
        hold (int): Frames for which a key frame speaks before and after it,
            where no neighbour has the person.

    Returns:
        list[Person]: With the actions of the nearest key frame.
    """
    earlier = [key for key in keys if key <= frame]
    later = [key for key in keys if key > frame]
    low = max(earlier) if earlier else None
    high = min(later) if later else None
    if low is not None and high is not None and high - low <= 2 * hold:
        share = (frame - low) / (high - low)
        near, far = (low, high) if share < .5 else (high, low)
        others = {person.colour: person for person in keys[far]}
        weight = share if near == low else 1 - share
        return [
            person if person.colour not in others else person._replace(
                box=(1 - weight) * person.box +
                weight * others[person.colour].box) for person in keys[near]
        ]
    near = [
        key for key in (low, high)
        if key is not None and abs(key - frame) <= hold
    ]
    return keys[min(near, key=lambda key: abs(key - frame))] if near else []


def read_frames(path: Path) -> Iterator[np.ndarray]:
    """Frames of a video one after the other, BGR.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If no frame can be read.
    """
    if not path.is_file():
        raise FileNotFoundError(f'`video`: there is no file {path}')
    capture = cv2.VideoCapture(str(path))
    ok, frame = capture.read()
    if not ok:
        raise ValueError(f'`video` {path} has no readable frame')
    while ok:
        yield frame
        ok, frame = capture.read()
    capture.release()


def draw_video(video: Path,
               keys: Dict[int, List[Person]],
               out: Path,
               fps: float,
               hold: int,
               notes: Sequence[str] = ()) -> Tuple[int, int]:
    """Draw persons on each frame of a video.

    Args:
        video (Path): Video file.
        keys (dict[int, list[Person]]): Persons by number of the frame.
        out (Path): File to write, ending in .mp4.
        fps (float): Frames a second, of both.
        hold (int): See ``persons_at``.
        notes (Sequence[str]): Text before the time, e.g. the video's name.

    Returns:
        tuple[int, int]: Number of frames, and of those with persons.

    Raises:
        FileNotFoundError: If there is no such video.
        ValueError: If ``out`` is no writable .mp4.
    """
    if out.suffix.lower() != '.mp4' or out.resolve() == video.resolve():
        raise ValueError(f'`out` must be a new file ending in .mp4, got {out}')
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f'{out.stem}.{os.getpid()}.part.mp4')
    writer, shown, number = None, 0, 0
    for number, frame in enumerate(read_frames(video), 1):
        persons = persons_at(keys, number - 1, hold)
        shown += bool(persons)
        mark = '  key frame' if number - 1 in keys else ''
        note = '  '.join([*notes, f'{(number - 1) / fps:.1f} s{mark}'])
        drawn = draw_persons(frame, persons, note)
        if writer is None:
            writer = cv2.VideoWriter(
                str(part), cv2.VideoWriter_fourcc(*'mp4v'), fps,
                (drawn.shape[1], drawn.shape[0]))
            if not writer.isOpened():
                raise ValueError(f'`out`: OpenCV cannot write {part}')
        writer.write(drawn)
    writer.release()
    os.replace(part, out)
    return number, shown
