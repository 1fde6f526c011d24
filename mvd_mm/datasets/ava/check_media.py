"""Checks of videos, or of folders of frames, against the annotations."""
from pathlib import Path
from typing import Dict, List

from ..video_files import find_video, probe
from .check_rows import Numbered
from .findings import Finding, Split

__all__ = ['check_media']


def check_media(split: Split, rows: List[Numbered]) -> List[Finding]:
    """Check that each key frame can be read; one finding a video or frame.

    Args:
        split (Split): With ``media``; nothing is checked without.
        rows (list[Numbered]): Sound lines of the annotations.
    """
    found: List[Finding] = []
    if split.media is None:
        return found
    # video -> timestamp -> its first line
    stamps: Dict[str, Dict[int, int]] = {}
    for line, row in rows:
        stamps.setdefault(row.video, {}).setdefault(row.timestamp, line)
    for video, lines in stamps.items():
        check = _check_frames if split.use_frames else _check_video
        found += check(split, split.media, video, lines)
    return found


def _check_video(split: Split, media: Path, video: str,
                 stamps: Dict[int, int]) -> List[Finding]:
    path, first = split.ann_file, min(stamps.values())
    try:
        file = find_video(media, video)
    except FileNotFoundError:
        return [Finding(path, first, 'video-missing', f'{video!r} in {media}')]
    try:
        rate, count, _ = probe(file)
    except ValueError:
        return [Finding(path, first, 'video-unreadable', str(file))]
    found = []
    by_frame = split.fps == 1  # timestamps are frames, whatever the rate
    if not by_frame and not split.any_rate and abs(
            rate - split.fps) > .01 * split.fps:
        found.append(
            Finding(path, first, 'video-rate',
                    f'{file} has {rate:g} frames a second, fps={split.fps}'))
    begin = split.video_start
    begin = split.timestamp_start if begin is None else begin
    for stamp, line in stamps.items():
        frame = round((stamp - begin) * (1 if by_frame else rate))
        if not 0 <= frame < count:
            found.append(
                Finding(path, line, 'timestamp-video',
                        f'{stamp} is frame {frame} of {count} of {file}'))
    return found


def _check_frames(split: Split, media: Path, video: str,
                  stamps: Dict[int, int]) -> List[Finding]:
    path, folder = split.ann_file, media / video
    if not folder.is_dir():
        return [
            Finding(path, min(stamps.values()), 'video-missing', str(folder))
        ]
    names = {entry.name for entry in folder.iterdir()}
    last = (split.timestamp_end - split.timestamp_start) * split.fps
    found = []
    for stamp, line in stamps.items():
        begin = stamp - split.timestamp_start
        if not 0 <= begin * split.fps < len(names):
            found.append(
                Finding(
                    path, line, 'timestamp-video',
                    f'{stamp} is frame {begin * split.fps + 1} of '
                    f'{len(names)} in {folder}'))
            continue
        # as the samplers count: rounded, and repeated beyond the ends
        reach = (
            min(max(round((begin + offset) * split.fps), 0), last - 1) + 1
            for offset in split.offsets)
        missing = [
            index for index in dict.fromkeys(reach)
            if split.filename_tmpl.format(index) not in names
        ]
        if missing:
            found.append(
                Finding(
                    path, line, 'frames-missing',
                    f'{folder}/{split.filename_tmpl.format(missing[0])}'
                    f'{f" and {len(missing) - 1} more" if missing[1:] else ""}'
                ))
    return found
