"""The videos of the quickstart: rendered, or the user's own."""
from pathlib import Path
from typing import Dict, NamedTuple, Optional

from mvd_mm.datasets.video_lists import build_lists, write_lists
from mvd_mm.datasets.video_shrinking import shrink_folder
from ..motion_shapes.render import render
from ..motion_shapes.settings import VERSION, describe
from .places import cache_dir
from .runs import Options


class Data(NamedTuple):
    """Lists of videos and what the configs must know of them.

    Args:
        root (Path): Folder that the lists' paths are relative to.
        train (Path): List of the training videos.
        val (Path): List of the held-out videos.
        classes (int): Number of classes; 0 if the labels mean nothing.
        options (dict): ``--cfg-options`` of every training.
    """

    root: Path
    train: Path
    val: Path
    classes: int
    options: Options


MIN_VIDEOS = 4  # of a class, for fine-tuning: one of them is held out


def why_not_finetune(data: Data) -> str:
    """Say what is missing for fine-tuning on labels; '' if nothing is."""
    if data.classes < 2:
        return ('it needs two or more classes, that is, sub-folders with '
                'videos; the folder has none or one')
    names = data.train.with_name('classes.txt')
    counts: Dict[int, int] = {}
    for line in {
            line
            for path in (data.train, data.val)
            for line in path.read_text(encoding='utf-8').splitlines()
    }:
        label = int(line.split()[-1])
        counts[label] = counts.get(label, 0) + 1
    few = [
        f'{name} has {counts.get(label, 0)}' for label, name in enumerate(
            names.read_text(encoding='utf-8').splitlines())
        if counts.get(label, 0) < MIN_VIDEOS
    ]
    if few:
        return (f'it needs {MIN_VIDEOS} or more readable videos of each '
                f'class; {", ".join(few)}')
    return ''


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def render_motions(smoke: bool, mini: bool) -> Data:
    """Render a set of motions, once per user.

    Args:
        smoke (bool): A few clips only.
        mini (bool): The harder set, for larger networks.
    """
    setting = 'hard' if mini else 'easy'
    num_train, num_val = (4800, 960) if mini else (1920, 640)
    if smoke:
        num_train, num_val = 64, 32
    # a folder per version: older ones may be in use by another clone
    root = cache_dir() / f'motion_shapes-v{VERSION}-{setting}-{num_train}'
    render(root, describe(setting, num_train=num_train, num_val=num_val))
    print(f'videos: {root}')
    dataset = 'train_dataloader.dataset'
    train = root / 'train.txt'
    options = {
        f'{dataset}.ann_file': train,
        f'{dataset}.data_prefix.video': root
    }
    classes = _lines(root / 'classes.txt')
    return Data(root, train, root / 'val.txt', classes, options)


def prepare_videos(videos: Path, work_dir: Path, smoke: bool) -> Data:
    """Shrink and list a folder of videos.

    Args:
        videos (Path): The folder; nothing in it is changed.
        work_dir (Path): Of the quickstart; copies and lists go below it.
        smoke (bool): A few clips only.
    """
    root = work_dir / 'videos'
    shrink_folder(
        videos,
        root,
        short_side=128,
        max_frames=300,
        max_videos=8 if smoke else 500)
    lists = work_dir / 'lists'
    write_lists(lists, build_lists(root), overwrite=False)
    number = _lines(lists / 'train.txt')
    wanted = 32 if smoke else 960  # clips in an epoch
    times = -(-wanted // number)
    classes = _lines(lists / 'classes.txt')
    dataset = 'train_dataloader.dataset'
    return Data(
        root, lists / 'train.txt', lists / 'val.txt',
        classes if classes > 1 else 0, {
            f'{dataset}.times': times,
            f'{dataset}.dataset.ann_file': lists / 'train.txt',
            f'{dataset}.dataset.data_prefix.video': root
        })


def get_data(videos: Optional[Path], work_dir: Path, smoke: bool,
             mini: bool) -> Data:
    """Prepare the user's folder of videos, or render a set without one."""
    if videos is None:
        return render_motions(smoke, mini)
    return prepare_videos(videos, work_dir, smoke)
