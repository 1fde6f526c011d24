"""Lists of a folder's readable videos, as ``VideoDataset`` reads them."""
from multiprocessing import TimeoutError
from pathlib import Path
from typing import Callable, Dict, List, Optional, Tuple

import numpy as np

from mvd_mm.utils.progress import Progress
from .transforms.checked_reader import CheckedReader
from .transforms.video_decoding import READ_ERRORS, first_line
from .video_files import find_videos
from .worker_pool import worker_pool

__all__ = [
    'check_name', 'check_video', 'check_videos', 'class_of', 'split_by_class',
    'build_lists', 'write_lists'
]

TIME_LIMIT = 30.  # seconds to check a single file
UNLABELLED = 'unlabelled'


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
    """Say why training could not read a video; '' if it can."""
    try:
        reader = CheckedReader(Path(path).read_bytes(), path)
        # get_batch, as in the pipeline: some widths open but fail here
        reader.get_batch([0, len(reader) - 1])
    except READ_ERRORS as error:
        return ' '.join(first_line(error).split())
    return ''


def check_videos(videos: Path,
                 names: List[str],
                 workers: Optional[int] = None,
                 time_limit: float = TIME_LIMIT,
                 check: Callable[[str], str] = check_video) -> Dict[str, str]:
    """Check every video in worker processes, each within a time limit.

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
        with worker_pool(workers) as pool:
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


def class_of(name: str) -> str:
    """Name the class of a video: its first-level folder."""
    return name.split('/')[0] if '/' in name else UNLABELLED


def split_by_class(names: List[str], val_share: float,
                   seed: int) -> Tuple[List[str], List[str], List[str]]:
    """Split into training and held-out videos, class by class.

    The only video of a class goes into both parts; otherwise one of them
    would lack the class.

    Args:
        names (list[str]): Readable videos.
        val_share (float): Share of held-out videos, in (0, 1).
        seed (int): Seed of the shuffle.

    Returns:
        tuple[list[str], list[str], list[str]]: Training videos, held-out
        videos, and the classes whose only video is in both.

    Raises:
        ValueError: If ``val_share`` is outside (0, 1).
    """
    if not 0 < val_share < 1:
        raise ValueError(f'`val_share` must be in (0, 1), got {val_share}')
    groups: Dict[str, List[str]] = {}
    for name in sorted(names):
        groups.setdefault(class_of(name), []).append(name)
    rng = np.random.default_rng(seed)
    train: List[str] = []
    val: List[str] = []
    both: List[str] = []
    for label, group in sorted(groups.items()):
        if len(group) == 1:
            train += group
            val += group
            both.append(label)
            continue
        count = min(max(1, round(val_share * len(group))), len(group) - 1)
        held_out = set(rng.permutation(len(group))[:count].tolist())
        for index, name in enumerate(group):
            (val if index in held_out else train).append(name)
    return sorted(train), sorted(val), both


def build_lists(videos: Path,
                val_share: float = 0.1,
                seed: int = 0,
                workers: Optional[int] = None) -> Dict[str, str]:
    """Make the contents of the annotation files, and print what was found.

    Args:
        videos (Path): Folder of the videos.
        val_share (float): Share of held-out videos, in (0, 1).
        seed (int): Seed of the shuffle.
        workers (int, optional): Number of processes; all cores by default.

    Returns:
        dict[str, str]: Contents of each file by its name.

    Raises:
        FileNotFoundError: If there is no folder or no video in it.
        ValueError: If no video is readable, or ``val_share`` is outside
            (0, 1).
    """
    split_by_class([], val_share, seed)  # fail before the long check
    names = find_videos(videos)
    reasons = check_videos(videos, names, workers)
    if any('/' in name for name in names if not reasons[name]):
        for name in names:
            if '/' not in name and not reasons[name]:
                reasons[name] = 'lies beside the class folders, not in one'
    good = [name for name in names if not reasons[name]]
    skipped = [name for name in names if reasons[name]]
    if not good:
        raise ValueError(
            f'`videos` {videos}: none of the {len(names)} videos is readable, '
            f'e.g. {skipped[0]!r}: {reasons[skipped[0]]}; try to convert them '
            'to H.264 with ffmpeg')
    classes = sorted({class_of(name) for name in good})
    train, val, both = split_by_class(good, val_share, seed)
    print(f'{len(good)} videos, {len(skipped)} skipped'
          f'{" (see skipped.txt)" if skipped else ""}; {len(classes)} '
          f'classes; {len(train)} for training, {len(val)} held out')
    if both:
        print(f'too few videos to split, hence in train AND val: {both}')

    def lines(part: List[str]) -> str:
        return ''.join(f'{name}\t{classes.index(class_of(name))}\n'
                       for name in part)

    return {
        'train.txt':
        lines(train),
        'val.txt':
        lines(val),
        'classes.txt':
        ''.join(f'{name}\n' for name in classes),
        'skipped.txt':
        ''.join(f'{ascii(name)}\t{reasons[name]}\n' for name in skipped)
    }


def write_lists(out: Path, contents: Dict[str, str], overwrite: bool) -> None:
    """Write the files; others of the same name are kept unless told.

    Args:
        out (Path): Folder to write to.
        contents (dict[str, str]): See :func:`build_lists`.
        overwrite (bool): Whether to replace files with other contents.

    Raises:
        ValueError: If the folder holds other annotation files.
    """
    if out.exists() and not out.is_dir():
        raise ValueError(f'`out` {out} is a file; name a folder')
    differing = [
        name for name, text in contents.items() if (out / name).is_file() and (
            out / name).read_bytes() != text.encode('utf-8')
    ]
    if differing and not overwrite:
        raise ValueError(f'`out` {out} holds another {differing[0]}; name '
                         'another folder or pass --overwrite')
    out.mkdir(parents=True, exist_ok=True)
    for name, text in contents.items():
        (out / name).write_bytes(text.encode('utf-8'))
    print(f'wrote {", ".join(contents)} to {out}')
