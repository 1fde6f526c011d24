"""Lists of MVD and VideoMAE as those of this package, and back."""
import os
from pathlib import Path
from typing import Optional

from mvd_mm.utils.atomic import write_text
from .video_list import find_delimiter, read_video_list
from .video_lists import check_name

__all__ = ['convert_list']


def convert_list(ann_file: Path,
                 out: Path,
                 root: Optional[Path] = None,
                 num_classes: Optional[int] = None,
                 overwrite: bool = False) -> int:
    """Convert a list of videos; the ending of ``out`` says into what.

    MVD and VideoMAE read ``<path> <label>`` with a blank and no header, from
    files ending in .csv, and paths that are absolute or start where training
    runs. Lists here have a tab, and paths that start from ``root``.

    Args:
        ann_file (Path): List with tabs, blanks or commas before the labels.
        out (Path): ``.txt``: paths relative to ``root``, a tab; ``.csv``:
            paths joined with ``root``, a blank.
        root (Path, optional): Folder of the videos.
        num_classes (int, optional): Labels must be below it.
        overwrite (bool): Replace another ``out``.

    Returns:
        int: Number of videos.

    Raises:
        FileNotFoundError: If there is no such list.
        ValueError: If a line is not of its form, a path cannot be written in
            this form, or ``out`` holds another list.
    """
    if not ann_file.is_file():
        raise FileNotFoundError(f'`list`: there is no file {ann_file}')
    if out.suffix not in ('.txt', '.csv'):
        raise ValueError('`out` must end in .txt (a list of this package) or '
                         f'.csv (one of MVD and VideoMAE), got {out}')
    delimiter = find_delimiter(ann_file, before_label=True)
    videos = read_video_list(
        ann_file, delimiter, num_classes=num_classes, before_label=True)
    lines = []
    for index in range(len(videos)):
        name = videos.name(index)
        # VideoMAE's lists of frames have their number before the label
        front, _, last = name.rpartition(delimiter)
        if front and last.isdecimal() and not Path(name).suffix:
            raise ValueError(
                f'{ann_file}: {name!r} looks like a folder of {last} '
                'extracted frames; lists of frames cannot be converted, only '
                'those of videos')
        if out.suffix == '.csv':
            path = name if root is None else os.path.join(root, name)
            if any(char.isspace() for char in path):
                raise ValueError(
                    f'{path!r} holds a blank, at which MVD and VideoMAE would '
                    'cut it: rename the file')
            lines.append(f'{path} {videos.label(index)}\n')
            continue
        path = name
        if root is not None and os.path.isabs(name):
            path = os.path.relpath(name, os.path.abspath(root))
        elif root is not None:
            path = os.path.relpath(name, root)
        if path.startswith('..'):
            raise ValueError(f'{name!r} does not lie below `root` {root}')
        reason = check_name(path)
        if reason:
            raise ValueError(f'{name!r} cannot be listed: {reason}')
        lines.append(f'{path}\t{videos.label(index)}\n')
    text = ''.join(lines)
    if out.exists() and not overwrite and out.read_text(
            encoding='utf-8') != text:
        raise ValueError(f'`out` {out} holds another list; `--overwrite` '
                         'replaces it')
    out.parent.mkdir(parents=True, exist_ok=True)
    write_text(out, text)
    return len(videos)
