"""The videos of the quickstart: rendered, or the user's own."""
import os
import subprocess
import sys
from pathlib import Path
from typing import Dict, NamedTuple, Optional

TOOLS = Path(__file__).resolve().parents[1]
sys.path.append(str(TOOLS / 'data' / 'motion_shapes'))

from ..motion_shapes.settings import VERSION  # noqa: E402


class Data(NamedTuple):
    """Lists of videos and what the configs must know of them."""

    root: Path
    train: Path
    val: Path
    classes: int  # 0: labels mean nothing
    options: Dict[str, object]  # of every training's --cfg-options


def cache_dir() -> Path:
    """Where rendered videos are kept between runs."""
    if 'MVD_MM_CACHE' in os.environ:
        return Path(os.environ['MVD_MM_CACHE'])
    base = os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache'
    return Path(base) / 'mvd_mm'


def run_tool(*command: object) -> None:
    """Run a script of this project in the same Python; it may not ask."""
    subprocess.run([sys.executable, *map(str, command)],
                   check=True,
                   stdin=subprocess.DEVNULL)


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def render(smoke: bool, mini: bool) -> Data:
    """Render a demonstration set, once per user."""
    setting = 'hard' if mini else 'easy'
    num_train, num_val = (4800, 960) if mini else (1920, 640)
    if smoke:
        num_train, num_val = 64, 32
    # a folder per version: older ones may be in use by another clone
    root = cache_dir() / f'motion_shapes-v{VERSION}-{setting}-{num_train}'
    run_tool(TOOLS / 'data/motion_shapes/render.py', '--out', root,
             '--setting', setting, '--num-train', num_train, '--num-val',
             num_val)
    dataset = 'train_dataloader.dataset'
    train = root / 'train.txt'
    options = {
        f'{dataset}.ann_file': train,
        f'{dataset}.data_prefix.video': root
    }
    classes = _lines(root / 'classes.txt')
    return Data(root, train, root / 'val.txt', classes, options)


def prepare(videos: Path, work_dir: Path, smoke: bool) -> Data:
    """Shrink and list a folder of videos.

    Args:
        videos (Path): The folder; nothing in it is changed.
        work_dir (Path): Of the quickstart; copies and lists go below it.
        smoke (bool): Few clips only.
    """
    root = work_dir / 'videos'
    run_tool(TOOLS / 'data/shrink_videos.py', '--videos', videos, '--out',
             root, '--short-side', 128, '--max-frames', 300, '--max-videos',
             8 if smoke else 500)
    lists = work_dir / 'lists'
    run_tool(TOOLS / 'data/build_annotations.py', '--videos', root, '--out',
             lists)
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
    """A rendered set, or a folder of videos."""
    if videos is None:
        return render(smoke, mini)
    return prepare(videos, work_dir, smoke)
