"""Smaller copies of videos, so that decoding does not starve training."""
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Tuple, Union

import cv2
import numpy as np

from mvd_mm.utils.progress import Progress
from mvd_mm.utils.ranges import check_counts
from .shrinking_report import ShrinkingReport
from .transforms.checked_reader import CheckedReader
from .transforms.video_decoding import (READ_ERRORS, BrokenVideoError,
                                        first_line)
from .video_encoding import PRESETS, H264Writer, check_encoder, frame_moments
from .video_files import find_videos
from .worker_pool import each_result

__all__ = [
    'Copy', 'Job', 'UNREADABLE_WIDTHS', 'shrink', 'shrink_folder',
    'target_size'
]

# decord 0.6 mistakes the row padding of these widths for a fourth channel
UNREADABLE_WIDTHS = (16, 24, 48, 72)
_COMPARED = 32  # frames of a video, for its quality
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # of red, green, blue


class Job(NamedTuple):
    """One video to copy.

    Args:
        source (Path): The original.
        target (Path): The copy, ending in .mp4.
        short_side (int): Of the copy, in pixels.
        max_frames (int, optional): Frames to keep, from the first.
        crf (int): See :class:`.H264Writer`.
        keyframes (int): Likewise.
        preset (str): Likewise.
        compare (bool): Measure the quality of the copy.
    """

    source: Path
    target: Path
    short_side: int
    max_frames: Optional[int] = None
    crf: int = 18
    keyframes: int = 12
    preset: str = 'veryfast'
    compare: bool = False


class Copy(NamedTuple):
    """What became of a video.

    Args:
        frames (int): Their number.
        size (tuple[int, int]): Width and height in pixels.
        bytes_before (int): Of the original.
        bytes_after (int): Of the copy.
        psnr (float, optional): Of the luma of the copy against that of the
            resized original, in dB, of 32 frames spread over the video.
    """

    frames: int
    size: Tuple[int, int]
    bytes_before: int
    bytes_after: int
    psnr: Optional[float]


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


def shrink(job: Job) -> Union[Copy, str]:
    """Copy one video; return the reason if it cannot be read or written.

    The copy shows the same frames in the same order, turned as the original
    says, at the same times, without sound.
    """
    part = job.target.with_suffix('.part.mp4')
    try:
        data = job.source.read_bytes()
        copy = _write(CheckedReader(data, str(job.source)), job, part)
        part.replace(job.target)
        return copy._replace(bytes_before=len(data))
    except (*READ_ERRORS, ValueError, cv2.error) as error:
        part.unlink(missing_ok=True)  # else it would be listed as a video
        return first_line(error)


def _write(reader: CheckedReader, job: Job, part: Path) -> Copy:
    number = min(len(reader), job.max_frames or len(reader))
    height, width = reader[0].shape[:2]
    size = target_size(width, height, job.short_side)
    job.target.parent.mkdir(parents=True, exist_ok=True)
    fps = reader.get_avg_fps() or 25.
    compared = np.unique(np.linspace(0, number - 1, _COMPARED).astype(int))
    kept: Dict[int, np.ndarray] = {}
    with H264Writer(part, size, fps, job.crf, job.keyframes, job.preset,
                    frame_moments(reader, number)) as writer:
        for index, picture in enumerate(reader):
            if index == number:
                break
            frame = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
            writer.write(frame)
            if job.compare and index in compared:
                kept[index] = frame
    data = part.read_bytes()
    copy = CheckedReader(data, f'{part}')
    if len(copy) != number or not copy.seeks:
        raise BrokenVideoError(f'the copy has {len(copy)} of {number} frames')
    psnr = None
    if kept:
        seen = copy.get_batch(list(kept)).asnumpy()
        wrong = (np.stack(list(kept.values())).astype(np.float32) -
                 seen) @ _LUMA
        psnr = float(10 * np.log10(255**2 / max((wrong**2).mean(), 1e-9)))
    return Copy(number, size, 0, len(data), psnr)


def shrink_folder(videos: Path,
                  out: Path,
                  short_side: int = 256,
                  max_frames: Optional[int] = None,
                  max_videos: Optional[int] = None,
                  workers: Optional[int] = None,
                  crf: int = 18,
                  keyframes: int = 12,
                  preset: str = 'veryfast',
                  psnr: bool = False) -> List[str]:
    """Copy the videos of a folder.

    Writes ``report.csv`` with a line for each copy as soon as it is made.
    Copies that exist are not made again.

    Args:
        videos (Path): Folder with videos.
        out (Path): Where the copies go.
        short_side (int): In pixels; smaller videos keep their size.
        max_frames (int, optional): Keep only the first frames.
        max_videos (int, optional): Take evenly spread videos only.
        workers (int, optional): Number of processes; all cores by default.
        crf (int): Quality of x264, 0..51; less is better.
        keyframes (int): Frames from one key frame to the next.
        preset (str): Of x264; slower ones write smaller files.
        psnr (bool): Measure the quality of each copy: the PSNR of its luma.

    Returns:
        list[str]: Lines ``name<tab>reason`` for what could not be read.

    Raises:
        FileNotFoundError: If there is no such folder, or no video in it.
        ValueError: If ``short_side`` is below 16, another number is out of
            its range, ``out`` is ``videos`` or a file, two videos would be
            copied to the same file, PyAV cannot write H.264, or no video
            could be read.
    """
    if short_side < 16:
        raise ValueError(f'`short_side` must be at least 16, got {short_side}')
    check_counts(
        max_frames=max_frames,
        max_videos=max_videos,
        workers=workers,
        keyframes=keyframes)
    if not 0 <= crf <= 51:
        raise ValueError(f'`crf` must be in 0..51, got {crf}')
    if preset not in PRESETS:
        raise ValueError(f'`preset` must be one of {PRESETS}, got {preset!r}')
    check_encoder()
    jobs = [
        Job(*paths, short_side, max_frames, crf, keyframes, preset, psnr)
        for paths in _paths(videos, out, max_videos)
    ]
    _check_targets(jobs)
    number = len(jobs)
    jobs = [job for job in jobs if not job.target.is_file()]
    report = ShrinkingReport(out)
    if len(jobs) < number:
        print(f'{number - len(jobs)} of {number} copies are in {out} already; '
              'delete those that are to be made again')
    progress = Progress(len(jobs), 'videos shrunk')
    for job, found in each_result(shrink, jobs, workers):
        report.add(job.source, job.target, found)
        progress.step()
    report.close()
    if jobs and len(report.skipped) == number:
        raise ValueError(f'none of the {number} videos in {videos} could '
                         f"be read, see {out / 'skipped.txt'}")
    return report.skipped


def _paths(videos: Path, out: Path,
           max_videos: Optional[int]) -> List[Tuple[Path, Path]]:
    """Each original and its copy."""
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
    # a.avi becomes a.avi.mp4, so that it is not taken for a.mp4
    return [(videos / name,
             out / (f'{name[:-4]}.mp4'
                    if name.lower().endswith('.mp4') else f'{name}.mp4'))
            for name in names]


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
