"""The classes of a video, drawn on its frames."""
import os
from pathlib import Path
from typing import Iterator, List, Optional, Sequence, Tuple, Union

import cv2
import numpy as np

from mvd_mm.datasets.video_files import open_mp4, probe, read_frames
from .action_boxes import FONT, Person, canvas_size, draw_plate

__all__ = ['draw_classes', 'frames_of', 'sampled_frames']

# label, name and probability, the best first
Classes = Sequence[Tuple[int, str, float]]


def frames_of(video: Union[str, np.ndarray],
              fps: float) -> Tuple[float, int, Iterator[np.ndarray]]:
    """Frame rate, number of frames, and the frames themselves, BGR.

    Args:
        video (str or np.ndarray): A file, or RGB frames, uint8 of shape
            (T, H, W, 3).
        fps (float): Frames a second of an array.

    Raises:
        ValueError: If the file cannot be read.
    """
    if isinstance(video, np.ndarray):
        frames = (np.ascontiguousarray(frame[..., ::-1]) for frame in video)
        return fps, len(video), frames
    rate, count, _ = probe(Path(video))
    return rate, count, read_frames(Path(video))


def _note(frame: np.ndarray, text: str, scale: float) -> None:
    """White letters with a dark rim at the bottom left."""
    margin = round(32 * scale)
    place = (margin, frame.shape[0] - margin)
    for colour, width in (((0, 0, 0), 3), ((255, 255, 255), 1)):
        cv2.putText(frame, text, place, FONT, scale, colour, width,
                    cv2.LINE_AA)


def draw_classes(video: Union[str, np.ndarray],
                 times: Sequence[Tuple[float, float]],
                 best: Sequence[Classes],
                 out: Path,
                 title: str = '',
                 fps: float = 25.) -> None:
    """Draw the best classes of each moment, and the time, on a video.

    At each moment those of the window are shown whose middle is nearest.

    Args:
        video (str or np.ndarray): A file, or RGB frames, uint8 of shape
            (T, H, W, 3).
        times (Sequence[tuple[float, float]]): Begin and end of each window,
            in seconds.
        best (Sequence): For each window label, name and probability of its
            best classes.
        out (Path): File to write, ending in .mp4.
        title (str): Name of the video.
        fps (float): Frames a second of an array.

    Raises:
        ValueError: If the video cannot be read, or ``out`` is not a new .mp4
            file that can be written.
    """
    same = isinstance(video, str) and out.resolve() == Path(video).resolve()
    if out.suffix.lower() != '.mp4' or same:
        raise ValueError(f'`out` must be a new file ending in .mp4, got {out}')
    middles = np.mean(np.asarray(times, dtype=float), axis=1)
    rate, _, frames = frames_of(video, fps)
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f'{out.stem}.{os.getpid()}.part.mp4')
    writer: Optional[cv2.VideoWriter] = None
    try:
        for number, frame in enumerate(frames):
            size = canvas_size(frame.shape[1], frame.shape[0])
            drawn = cv2.resize(frame, size, interpolation=cv2.INTER_CUBIC)
            scale = min(size) / 480 * .5
            seconds = number / rate
            actions = tuple((name, share) for _, name, share in best[int(
                np.abs(middles - seconds).argmin())])
            margin = round(24 * scale)
            draw_plate(drawn, Person(np.zeros(4), actions, 0),
                       (margin, margin), size, scale)
            _note(drawn, f'{title}  {seconds:.1f} s'.strip(), scale)
            if writer is None:
                writer = open_mp4(part, rate, size)
            writer.write(drawn)
        assert writer is not None  # frames_of yields a frame or raises
        writer.release()
        os.replace(part, out)
    finally:
        part.unlink(missing_ok=True)


def sampled_frames(video: Union[str, np.ndarray], number: int,
                   fps: float) -> List[np.ndarray]:
    """Evenly spread frames, RGB uint8, from the first to the last.

    Args:
        video (str or np.ndarray): See :func:`frames_of`.
        number (int): How many; fewer of a short video.
        fps (float): Frames a second of an array.
    """
    _, count, frames = frames_of(video, fps)
    # the middle of each of `number` equal parts
    wanted = {int((i + .5) * count / number) for i in range(number)}
    return [
        np.ascontiguousarray(frame[..., ::-1])
        for i, frame in enumerate(frames) if i in wanted
    ]
