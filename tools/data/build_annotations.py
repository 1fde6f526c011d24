"""List the videos of a folder in annotation files for MMAction2.

    python tools/data/build_annotations.py --videos DIR --out DIR

Sub-folders of the first level name the classes; without sub-folders every
label is 0, which pre-training does not look at. Paths are relative to
``--videos``, hence a dataset needs::

    dict(
        type='VideoDataset',
        ann_file='<out>/train.txt',
        data_prefix=dict(video='<videos>'),
        delimiter='\\t')

The delimiter is a tab because ``VideoDataset`` splits each line on every
delimiter it finds, and names of files may hold blanks and commas.
"""
import argparse
from pathlib import Path
from typing import Dict, List, Optional, Tuple

import numpy as np
from mvd_mm.datasets.video_files import check_videos, find_videos

UNLABELLED = 'unlabelled'


def split(names: List[str], val_share: float,
          seed: int) -> Tuple[List[str], List[str], List[str]]:
    """Split into training and held-out videos, class by class.

    A class of one video is in both, lest a split lacks it.

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
    groups = {}
    for name in sorted(names):
        groups.setdefault(class_of(name), []).append(name)
    rng = np.random.default_rng(seed)
    train, val, both = [], [], []
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


def class_of(name: str) -> str:
    """Name the class of a video: its first-level folder."""
    return name.split('/')[0] if '/' in name else UNLABELLED


def build(videos: Path,
          val_share: float = 0.1,
          seed: int = 0,
          workers: Optional[int] = None) -> Dict[str, str]:
    """Make the contents of the annotation files, and say what was found.

    Args:
        videos (Path): Folder of the videos.
        val_share (float): Share of held-out videos, in (0, 1).
        seed (int): Seed of the shuffle.
        workers (int, optional): Number of processes; all cores by default.

    Returns:
        dict[str, str]: Name of each file and its contents.

    Raises:
        FileNotFoundError: If there is no folder or no video in it.
        ValueError: If no video is readable, or ``val_share`` is off.
    """
    split([], val_share, seed)  # fail before the long check
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
    train, val, both = split(good, val_share, seed)
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


def write(out: Path, contents: Dict[str, str], overwrite: bool) -> None:
    """Write the files, never silently over others.

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


def main(args=None) -> None:
    parser = argparse.ArgumentParser(
        description='List the videos of a folder for MMAction2.')
    parser.add_argument('--videos', type=Path, required=True)
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--val-share', type=float, default=0.1)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--workers', type=int, help='default: every core')
    parser.add_argument(
        '--overwrite', action='store_true', help='replace other annotations')
    args = parser.parse_args(args)
    try:
        contents = build(args.videos, args.val_share, args.seed, args.workers)
        write(args.out, contents, args.overwrite)
    except (FileNotFoundError, ValueError) as error:
        raise SystemExit(f'error: {error}')


if __name__ == '__main__':
    main()
