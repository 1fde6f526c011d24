"""Find the videos of a folder, and tell which ones MMAction2 can read."""
import os
from multiprocessing import Pool, TimeoutError
from pathlib import Path
from typing import Dict, List, Optional

from mvd_mm.utils.progress import Progress

SUFFIXES = ('.mp4', '.avi', '.mkv', '.webm', '.mov', '.m4v', '.mpg', '.wmv',
            '.flv', '.3gp', '.ts')
TIME_LIMIT = 30.  # seconds a single file may take


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
        raise FileNotFoundError(
            f'`videos` {videos} is no folder; name the one with the videos')
    found, seen = [], set()
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
            if name[0] != '.' and name.lower().endswith(SUFFIXES)
        ]
    if not found:
        raise FileNotFoundError(
            f'`videos` {videos} holds no video: looked in all sub-folders for '
            f'files ending in {" ".join(SUFFIXES)}')
    return sorted(found)


def check_name(name: str) -> str:
    """Say why ``VideoDataset`` could not read a path; '' if it can."""
    if any(char in name for char in '\t\n\r'):
        return 'tab or line break in the name'
    if name != name.strip():
        return 'blank at the beginning or the end of the name'
    try:
        name.encode('utf-8')
    except UnicodeEncodeError:
        return 'name is not valid UTF-8'
    return ''


def check_video(path: str) -> str:
    """Say why decord cannot read a video; '' if it can."""
    import decord
    try:
        reader = decord.VideoReader(path, num_threads=1)
        if len(reader) == 0:
            return 'no frames'
        # get_batch, as the pipeline: a few widths open but fail here
        reader.get_batch([0, len(reader) - 1])
    except Exception as error:  # decord raises errors of its own kind
        lines = str(error).strip().splitlines() or [type(error).__name__]
        return ' '.join(lines[0].split()[-25:])
    return ''


def check_videos(videos: Path,
                 names: List[str],
                 workers: Optional[int] = None,
                 time_limit: float = TIME_LIMIT,
                 check=check_video) -> Dict[str, str]:
    """Check every video in worker processes, bounded in time.

    A file that makes decord hang or crash costs its time limit, no more.

    Args:
        videos (Path): Folder that the names are relative to.
        names (list[str]): Videos to check.
        workers (int, optional): Number of processes; all cores by default.
        time_limit (float): Seconds a single file may take.
        check (callable): Takes a path, returns the reason or ''.

    Returns:
        dict[str, str]: For each name why it cannot be read; '' if it can.
    """
    reasons = {name: check_name(name) for name in names}
    pending = [name for name in names if not reasons[name]]
    checked = set()
    progress = Progress(len(pending), 'videos checked')
    while pending:
        with Pool(workers) as pool:
            jobs = [
                pool.apply_async(check, (str(videos / name), ))
                for name in pending
            ]
            lost = False
            for name, job in zip(pending, jobs):
                if lost and not job.ready():
                    continue
                try:
                    reasons[name] = job.get(time_limit)
                except TimeoutError:
                    # the worker may be dead: go on with fresh ones, after
                    # taking what the others have done by now
                    lost = True
                    reasons[name] = (
                        f'no answer from the decoder in {time_limit:g} s')
                progress.step()
                checked.add(name)
            pending = [name for name in pending if name not in checked]
    return reasons
