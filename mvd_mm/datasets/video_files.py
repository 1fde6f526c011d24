"""Video files: their endings, finding them, reading frames from them."""
import os
from pathlib import Path
from typing import Iterator, List, Sequence, Tuple

import cv2
import numpy as np

__all__ = [
    'VIDEO_SUFFIXES', 'find_video', 'find_videos', 'probe', 'read_frames',
    'frames_at', 'open_mp4'
]

# the one list of endings; searched in this order, in lower and upper case
VIDEO_SUFFIXES = ('.mp4', '.avi', '.mkv', '.webm', '.mov', '.m4v', '.mpg',
                  '.wmv', '.flv', '.3gp', '.ts')


def find_video(folder: Path, video: str) -> Path:
    """Find the file of a video.

    Args:
        folder (Path): Where the videos are.
        video (str): Name of the video, with or without its ending.

    Raises:
        FileNotFoundError: If there is no such file with any known ending.
    """
    for suffix in ('', *VIDEO_SUFFIXES):
        for ending in (suffix, suffix.upper()):
            path = folder / f'{video}{ending}'
            if path.is_file():
                return path
    raise FileNotFoundError(
        f'there is no video {video} in {folder} (looked for the endings '
        f'{" ".join(VIDEO_SUFFIXES)})')


def find_videos(videos: Path) -> List[str]:
    """List the video files below a folder, links to folders included.

    Args:
        videos (Path): Folder to search.

    Returns:
        list[str]: Sorted paths relative to ``videos``, with slashes.

    Raises:
        FileNotFoundError: If there is no such folder, or no video in it.
    """
    if not videos.is_dir():
        raise FileNotFoundError(f'`videos` {videos} is not a folder; name the '
                                'one with the videos')
    found: List[str] = []
    seen = set()
    for root, folders, files in os.walk(videos, followlinks=True):
        real = os.path.realpath(root)
        if real in seen:  # links may form a circle
            folders.clear()
            continue
        seen.add(real)
        # names with a leading dot are thumbnails and the like
        folders[:] = [name for name in folders if name[0] != '.']
        found += [
            Path(root, name).relative_to(videos).as_posix() for name in files
            if name[0] != '.' and name.lower().endswith(VIDEO_SUFFIXES)
        ]
    if not found:
        raise FileNotFoundError(
            f'`videos` {videos} holds no video: looked in all sub-folders for '
            f'files ending in {" ".join(VIDEO_SUFFIXES)}')
    return sorted(found)


def probe(path: Path) -> Tuple[float, int, Tuple[int, int]]:
    """Read the properties of a video.

    Returns:
        tuple: Frames per second, number of frames, and (width, height) in
        pixels.

    Raises:
        ValueError: If it cannot be read.
    """
    capture = cv2.VideoCapture(str(path))
    rate = capture.get(cv2.CAP_PROP_FPS)
    count = int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
    width = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH))
    height = int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
    capture.release()
    if rate <= 0 or count <= 0 or not (width and height):
        raise ValueError(f'{path} cannot be read as a video; convert it to '
                         'H.264 with ffmpeg')
    return rate, count, (width, height)


def read_frames(path: Path) -> Iterator[np.ndarray]:
    """Yield all frames of a video in order, BGR, (H, W, 3) uint8.

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


def frames_at(path: Path, numbers: Sequence[int]) -> Iterator[np.ndarray]:
    """Yield some frames of a video, BGR, (H, W, 3) uint8.

    Args:
        path (Path): Video file.
        numbers (Sequence[int]): Frame numbers from 0, in any order; the
            frames come in rising order.

    Raises:
        ValueError: If the video ends before one of them.
    """
    capture = cv2.VideoCapture(str(path))
    current = -1
    for number in sorted(numbers):
        while current < number:  # seeking is inexact for some codecs
            if not capture.grab():
                raise ValueError(f'{path} ends before frame {number}')
            current += 1
        yield capture.retrieve()[1]
    capture.release()


def open_mp4(path: Path, fps: float, size: Tuple[int, int]) -> cv2.VideoWriter:
    """Open a video file to write frames to, BGR, (H, W, 3) uint8.

    Args:
        path (Path): File ending in .mp4.
        fps (float): Frames per second.
        size (tuple[int, int]): Width and height in pixels, both even.

    Raises:
        ValueError: If OpenCV cannot write there.
    """
    codec = cv2.VideoWriter.fourcc(*'mp4v')
    writer = cv2.VideoWriter(str(path), codec, fps, size)
    if not writer.isOpened():
        raise ValueError(f'OpenCV cannot write {path}')
    return writer
