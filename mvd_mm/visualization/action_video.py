"""From key frames with persons to a drawn video."""
import os
from pathlib import Path
from typing import Dict, List, Optional, Set, Tuple

import cv2

from mvd_mm.datasets.ava.boxes import overlap
from mvd_mm.datasets.video_files import open_mp4, probe, read_frames
from .action_boxes import Person, draw_persons

__all__ = ['Keys', 'follow', 'persons_at', 'draw_video']

Keys = Dict[int, List[Person]]  # persons by number of a key frame, from 0


def follow(keys: Keys, least: float = .3) -> Keys:
    """Give a person one colour over neighbouring key frames.

    Boxes that overlap most are taken for one person.

    Args:
        keys (dict[int, list[Person]]): Persons by number of the key frame;
            their colours are ignored.
        least (float): Intersection over union from which two boxes may be one
            person.

    Returns:
        dict[int, list[Person]]: The same persons with new colours.
    """
    number = 0
    before: List[Person] = []
    result: Keys = {}
    for frame in sorted(keys):
        persons: List[Person] = []
        pairs = sorted(((overlap(person.box, old.box), i, j)
                        for i, person in enumerate(keys[frame])
                        for j, old in enumerate(before)),
                       reverse=True)
        colours: Dict[int, int] = {}
        taken: Set[int] = set()
        for share, i, j in pairs:
            if share >= least and i not in colours and j not in taken:
                colours[i] = before[j].colour
                taken.add(j)
        for i, person in enumerate(keys[frame]):
            if i not in colours:
                colours[i], number = number, number + 1
            persons.append(person._replace(colour=colours[i]))
        result[frame] = before = persons
    return result


def persons_at(keys: Keys, frame: int, hold: int) -> List[Person]:
    """Persons of a frame: boxes glide from one key frame to the next.

    Args:
        keys (dict[int, list[Person]]): Persons by number of the key frame.
        frame (int): Number of the frame.
        hold (int): Number of frames before and after a key frame on which
            its persons are shown. Boxes glide only between key frames that
            are at most twice as far apart.

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
    close = [
        key for key in (low, high)
        if key is not None and abs(key - frame) <= hold
    ]
    return keys[min(close, key=lambda key: abs(key - frame))] if close else []


def draw_video(video: Path, keys: Keys, out: Path) -> Tuple[int, int]:
    """Draw persons, the video's name and the time on each frame of a video.

    A key frame is shown for half a second before and after it.

    Args:
        video (Path): Video file.
        keys (dict[int, list[Person]]): Persons by number of the key frame.
        out (Path): File to write, ending in .mp4.

    Returns:
        tuple[int, int]: Number of frames, and of those with persons.

    Raises:
        ValueError: If the video cannot be read, or ``out`` is not a new
            .mp4 file that can be written.
    """
    if out.suffix.lower() != '.mp4' or out.resolve() == video.resolve():
        raise ValueError(f'`out` must be a new file ending in .mp4, got {out}')
    fps, _, _ = probe(video)
    hold = max(1, round(fps / 2))
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f'{out.stem}.{os.getpid()}.part.mp4')
    writer: Optional[cv2.VideoWriter] = None
    shown = number = 0
    for number, frame in enumerate(read_frames(video), 1):
        persons = persons_at(keys, number - 1, hold)
        shown += bool(persons)
        mark = '  key frame' if number - 1 in keys else ''
        time = f'{(number - 1) / fps:.1f} s'
        drawn = draw_persons(frame, persons, f'{video.stem}  {time}{mark}')
        if writer is None:
            writer = open_mp4(part, fps, (drawn.shape[1], drawn.shape[0]))
        writer.write(drawn)
    assert writer is not None  # read_frames yields a frame or raises
    writer.release()
    os.replace(part, out)
    return number, shown
