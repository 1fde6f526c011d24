"""Smaller copies of videos, so that decoding does not starve training."""
from itertools import islice
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Tuple

import cv2

from mvd_mm.utils.progress import Progress
from mvd_mm.utils.ranges import check_counts
from .transforms.checked_reader import CheckedReader
from .transforms.video_decoding import READ_ERRORS, first_line
from .video_files import find_videos, open_mp4
from .worker_pool import worker_pool

__all__ = [
    'Job', 'UNREADABLE_WIDTHS', 'shrink', 'shrink_folder', 'target_size'
]

# decord 0.6 mistakes the row padding of these widths for a fourth channel
UNREADABLE_WIDTHS = (16, 24, 48, 72)


class Job(NamedTuple):
    """One video to copy.

    Args:
        source (Path): The original.
        target (Path): The copy, ending in .mp4.
        short_side (int): Of the copy, in pixels.
        max_frames (int, optional): Frames to keep, from the first.
    """

    source: Path
    target: Path
    short_side: int
    max_frames: Optional[int]


def target_size(width: int, height: int, short_side: int) -> Tuple[int, int]:
    """Width and height of a copy, in pixels.

    Both are even, as codecs require, and never larger than the original's.
    """
    scale = min(1., short_side / min(width, height))
    # rounded up only where the original is as large
    size = [
        max(2,
            min(round(side * scale / 2), side // 2) * 2)
        for side in (width, height)
    ]
    if size[0] in UNREADABLE_WIDTHS:
        size[0] += 2 if size[0] + 2 <= width else -2
    return size[0], size[1]


def shrink(job: Job) -> Optional[str]:
    """Copy one video; return the reason if it cannot be read or written."""
    part = job.target.with_suffix('.part.mp4')
    try:
        reader = CheckedReader(job.source.read_bytes(), str(job.source))
        number = min(len(reader), job.max_frames or len(reader))
        height, width = reader[0].shape[:2]
        size = target_size(width, height, job.short_side)
        job.target.parent.mkdir(parents=True, exist_ok=True)
        fps = reader.get_avg_fps() or 25.
        writer = open_mp4(part, fps, size)
        for picture in islice(reader, number):
            frame = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
            writer.write(frame[..., ::-1])
        writer.release()
        part.replace(job.target)
    except (*READ_ERRORS, ValueError, cv2.error) as error:
        part.unlink(missing_ok=True)  # else it would be listed as a video
        return first_line(error)
    return None


def shrink_folder(videos: Path,
                  out: Path,
                  short_side: int = 256,
                  max_frames: Optional[int] = None,
                  max_videos: Optional[int] = None,
                  workers: Optional[int] = None) -> List[str]:
    """Copy the videos of a folder.

    Args:
        videos (Path): Folder with videos.
        out (Path): Where the copies go.
        short_side (int): In pixels; smaller videos keep their size.
        max_frames (int, optional): Keep only the first frames.
        max_videos (int, optional): Take evenly spread videos only.
        workers (int, optional): Number of processes; all cores by default.

    Returns:
        list[str]: Lines ``name<tab>reason`` for what could not be read.

    Raises:
        FileNotFoundError: If there is no such folder, or no video in it.
        ValueError: If ``short_side`` is below 16, another number is not
            positive, ``out`` is ``videos`` or a file, two videos would be
            copied to the same file, or no video could be read.
    """
    if short_side < 16:
        raise ValueError(f'`short_side` must be at least 16, got {short_side}')
    check_counts(max_frames=max_frames, max_videos=max_videos, workers=workers)
    if out.exists() and not out.is_dir():
        raise ValueError(f'`out` {out} is a file; name a folder')
    if out.resolve() == videos.resolve():
        raise ValueError(f'`out` {out} is the folder of the originals: name '
                         'another one')
    # copies of an earlier call may lie below the originals
    names = [
        name for name in find_videos(videos)
        if out.resolve() not in (videos / name).resolve().parents
    ]
    if max_videos is not None and len(names) > max_videos:
        names = [
            names[i * len(names) // max_videos] for i in range(max_videos)
        ]
    jobs = [
        Job(
            videos / name,
            out / (f'{name}.mp4' if not name.lower().endswith('.mp4') else
                   f'{name[:-4]}.mp4'), short_side, max_frames)
        for name in names
    ]
    _check_targets(jobs)
    jobs = [job for job in jobs if not job.target.is_file()]
    skipped: List[str] = []
    out.mkdir(parents=True, exist_ok=True)
    progress = Progress(len(jobs), 'videos shrunk')
    with worker_pool(workers) as pool:
        for job, reason in zip(jobs, pool.imap(shrink, jobs)):
            if reason is not None:
                skipped.append(f'{job.source}\t{reason}')
            progress.step()
    if skipped:
        (out / 'skipped.txt').write_text('\n'.join(skipped) + '\n')
        print(f'{len(skipped)} videos could not be read, see '
              f"{out / 'skipped.txt'}")
    if jobs and len(skipped) == len(names):
        raise ValueError(f'none of the {len(names)} videos in {videos} could '
                         f"be read, see {out / 'skipped.txt'}")
    return skipped


def _check_targets(jobs: List[Job]) -> None:
    """Refuse to copy a video over the copy of another one."""
    sources: Dict[str, Path] = {}
    for job in jobs:
        # also on disks that do not tell upper from lower case
        first = sources.setdefault(str(job.target).lower(), job.source)
        if first != job.source:
            raise ValueError(
                f'`videos`: {first} and {job.source} would both be copied to '
                f'{job.target}: rename one of them')
