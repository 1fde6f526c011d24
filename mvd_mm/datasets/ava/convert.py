"""From a user's units to AVA's: timestamps, relative boxes, person numbers."""
import math
from pathlib import Path
from typing import Dict, List, Tuple

from ..video_files import find_video, probe
from .formats import Box
from .sources import Label

__all__ = ['Clock', 'Entities', 'relative_box']


class Clock:
    """Timestamps of one set, in seconds or in frames.

    If all times are whole seconds, timestamps are seconds as in AVA, and the
    rate of the set is that of most videos; videos of another rate then need
    ``mvd_mm.AVAVideoFrames`` in the pipeline. Otherwise timestamps are frame
    numbers from 0, and the rate is 1, with which MMAction2 counts by frame.

    Args:
        videos (Path): Folder of the videos.
        labels (list[Label]): All entries of the set.
        time_unit (str): ``'seconds'`` or ``'frames'``, of the labels.

    Raises:
        FileNotFoundError: If the folder or a video does not exist.
        ValueError: If ``time_unit`` is neither, or a video cannot be read.
    """

    def __init__(self, videos: Path, labels: List[Label],
                 time_unit: str) -> None:
        if time_unit not in ('seconds', 'frames'):
            raise ValueError("`time_unit` must be 'seconds' or 'frames', got "
                             f'{time_unit!r}')
        if not videos.is_dir():
            raise FileNotFoundError(
                f'`videos` {videos} is not a folder; name the one with '
                'the videos')
        self.time_unit = time_unit
        self.videos: Dict[str, Tuple[float, int, Tuple[int, int]]] = {}
        for label in labels:
            if label.video not in self.videos:
                try:
                    path = find_video(videos, label.video)
                except FileNotFoundError as error:
                    raise FileNotFoundError(
                        f'{label.where}: {error}') from None
                self.videos[label.video] = probe(path)
        self.by_second = time_unit == 'seconds' and all(
            label.time.is_integer() for label in labels)
        rates = [rate for rate, _, _ in self.videos.values()]
        common = max(sorted(set(rates)), key=rates.count)
        self.fps = max(1, round(common)) if self.by_second else 1
        self.one_rate = set(rates) == {self.fps}

    def convert(self, video: str, time: float, where: str) -> int:
        """Turn a time into a timestamp.

        Args:
            video (str): Its name.
            time (float): In ``time_unit``.
            where (str): File and line, for errors.

        Raises:
            ValueError: If the video is shorter, or a frame number is not
                whole.
        """
        rate, count, _ = self.videos[video]
        frame = round(time * rate) if self.time_unit == 'seconds' else time
        if frame != int(frame):
            raise ValueError(f'{where}: `time` {time} is not a whole '
                             'frame number; pass --time-unit seconds')
        if frame >= count:
            raise ValueError(
                f'{where}: `time` {time:g} {self.time_unit} is outside of '
                f'video {video}, which has {count} frames at {rate:g} a '
                'second')
        return int(time) if self.by_second else int(frame)

    def stamp(self, label: Label) -> int:
        """Timestamp of an entry."""
        return self.convert(label.video, label.time, label.where)

    def size(self, video: str) -> Tuple[int, int]:
        """Width and height of a video in pixels."""
        return self.videos[video][2]

    def meta(self) -> dict:
        """What a data set must know to turn a timestamp into a frame."""
        seconds = max(count / rate for rate, count, _ in self.videos.values())
        frames = max(count for _, count, _ in self.videos.values())
        longest = seconds if self.by_second else frames
        return dict(
            fps=self.fps,
            timestamp_unit='seconds' if self.by_second else 'frames',
            timestamp_start=0,
            timestamp_end=math.ceil(longest),
            one_rate=self.one_rate or not self.by_second)


class Entities:
    """Numbers the persons of each video from 0.

    A person without a name is identified by the box, which holds for a single
    key frame.
    """

    def __init__(self) -> None:
        self.known: Dict[str, Dict[object, int]] = {}

    def number(self, label: Label) -> int:
        """Number of the person of an entry."""
        persons = self.known.setdefault(label.video, {})
        who: object = label.actor
        if who is None:
            who = label.time, label.box
        return persons.setdefault(who, len(persons))


def relative_box(label: Label, unit: str, size: Tuple[int, int]) -> Box:
    """Box as shares of width and height, rounded as AVA's files are.

    Annotation tools may leave a box up to a pixel outside of the frame; that
    part is cut off.

    Args:
        label (Label): With the box.
        unit (str): ``'pixels'`` or ``'relative'``.
        size (tuple[int, int]): Width and height of the video in pixels; those
            of the label, if it has any, come first.

    Returns:
        tuple: x1, y1, x2, y2 in 0..1, with four decimals.

    Raises:
        ValueError: If the box is empty, outside of the frame or evidently in
            the other unit.
    """
    if unit not in ('pixels', 'relative'):
        raise ValueError("`boxes` must be 'pixels' or 'relative', got "
                         f'{unit!r}')
    width, height = label.size or size
    pixels = unit == 'pixels' or label.size is not None
    if pixels and max(label.box) <= 1:
        raise ValueError(f'{label.where}: box {label.box} is smaller than a '
                         'pixel; if boxes are shares of the frame pass '
                         '--boxes relative')
    if not pixels and max(label.box) > 1.5:
        raise ValueError(f'{label.where}: box {label.box} is not within 0..1; '
                         'if boxes are in pixels pass --boxes pixels')
    scale = (width, height) * 2 if pixels else (1, 1, 1, 1)
    box = [value / side for value, side in zip(label.box, scale)]
    slack = 1.5 / width, 1.5 / height
    for value, more in zip(box, slack * 2):
        if not -more <= value <= 1 + more:
            raise ValueError(f'{label.where}: box {label.box} reaches out of '
                             f'the frame, {width} x {height} pixels')
    x1, y1, x2, y2 = (round(min(max(value, 0.), 1.), 4) for value in box)
    if x2 <= x1 or y2 <= y1:
        raise ValueError(f'{label.where}: box {label.box} is empty; corners '
                         'are x1,y1 (left, top) and x2,y2 (right, bottom)')
    return x1, y1, x2, y2
