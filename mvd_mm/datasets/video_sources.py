"""A video, a folder of videos, or a list: what a command is given."""
from pathlib import Path
from typing import Any, List, NamedTuple, Optional, Tuple

from mmengine.fileio import join_path

from .video_files import VIDEO_SUFFIXES, find_videos
from .video_list import find_delimiter, read_video_list

__all__ = ['VideoSource', 'read_source']

_LOOKED_FOR = 20  # videos of which one must exist


class VideoSource(NamedTuple):
    """Videos in order.

    Args:
        names (list[str]): As the list or the folder has them.
        paths (list[str]): Where the files are.
        labels (list[int]): Of each video; empty where there are none.
        prefix (str, optional): Folder that the names start from.
    """

    names: List[str]
    paths: List[str]
    labels: List[int]
    prefix: Optional[str] = None


def read_source(source: Path, prefix: Optional[str] = None) -> VideoSource:
    """Find the videos that a file or a folder stands for.

    Args:
        source (Path): A video; a folder, which is searched with its
            sub-folders; or a list with one video a line, with labels as in
            training or without.
        prefix (str, optional): Folder that the paths of a list start from;
            by default where the command runs.

    Raises:
        FileNotFoundError: If there is no such file or folder, no video in it,
            or none of the first videos of a list exists.
        ValueError: If a list is empty or has a line that cannot be read.
    """
    if source.is_dir():
        names = find_videos(source)
        paths = [str(source / name) for name in names]
        return VideoSource(names, paths, [], str(source))
    if not source.is_file():
        raise FileNotFoundError(
            f'there is no video, folder or list {str(source)!r} (seen from '
            f'{Path.cwd()})')
    if _is_video(source):
        return VideoSource([source.name], [str(source)], [],
                           str(source.parent))
    names, labels = _read_list(source)
    paths = [n if prefix is None else join_path(prefix, n) for n in names]
    first = paths[:_LOOKED_FOR]
    if not any('://' in path or Path(path).exists() for path in first):
        raise FileNotFoundError(
            f'the first video of {source} does not exist: {paths[0]!r}, nor '
            f'does any of the first {len(first)}; set `--prefix` to the '
            'folder that the list starts from')
    return VideoSource(names, paths, labels, prefix)


def _is_video(path: Path) -> bool:
    """By the ending or, where that is unknown, by what is in the file."""
    if path.suffix.lower() in VIDEO_SUFFIXES:
        return True
    with path.open('rb') as file:
        head = file.read(1024)
    # UTF-16, which is refused by name later, begins with a mark
    return b'\0' in head and head[:2] not in (b'\xff\xfe', b'\xfe\xff')


def _read_list(path: Path) -> Tuple[List[str], List[int]]:
    """Names and labels; no labels if no line has one."""
    delimiter = find_delimiter(path, before_label=True)
    text = path.read_bytes().decode('utf-8-sig', errors='replace')
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    labelled = [
        line.rpartition(delimiter)[2].strip().lstrip('-').isdecimal()
        and delimiter in line for line in lines
    ]
    if lines and not any(labelled):
        if '\ufffd' in text:
            number = next(i for i, line in enumerate(text.splitlines(), 1)
                          if '\ufffd' in line)
            raise ValueError(f'{path}:{number} is not UTF-8: save the file as '
                             'UTF-8')
        return lines, []
    # refuses a line without a label, by its number
    videos: Any = read_video_list(path, delimiter, before_label=True)
    numbers = range(len(videos))
    names = [videos.name(i) for i in numbers]
    return names, [videos.label(i) for i in numbers]
