"""Which students are compared, and from which configs they are trained."""
from pathlib import Path
from typing import Dict, NamedTuple, Sequence

from ..quickstart.places import CONFIGS
from ..quickstart.stage import Stage

ENDING = 'motion-shapes-hard-rgb'
#: teachers of all students: folder and start of the config's name, minutes
TEACHERS = dict(mae=('mae_vit-*', 3.), videomae=('videomae_vit-*', 15.5))


class Row(NamedTuple):
    """A student of the comparison.

    Args:
        title (str): What differs from the first row.
        config (str): Folder and start of its name below ``configs/mvd``.
        teachers (tuple[str]): Branches that need a checkpoint.
        minutes (float): Of its pre-training, on one core; those of the mini
            recipes were measured, the others are guessed from them.
    """

    title: str
    config: str
    teachers: Sequence[str] = ('image', 'video')
    minutes: float = 27.


_MINI = 'ablations/mvd_vit-mini-p8_teachers-mini-'
ROWS = {
    'base':
    Row('both teachers, as in the mini recipe',
        'mini/mvd_vit-mini-p8_teachers-mini'),
    'image-only':
    Row('the image teacher alone', 'mini/mvd_vit-mini-p8_teacher-image-only',
        ('image', ), 20.),
    'video-only':
    Row('the video teacher alone', 'mini/mvd_vit-mini-p8_teacher-video-only',
        ('video', ), 16.),
    'pixels':
    Row('pixels (VideoMAE), as many epochs', 'ablations/videomae_vit-mini-p8',
        (), 10.),
    'loss-l1':
    Row('L1 loss', f'{_MINI}loss-l1'),
    'loss-l2':
    Row('L2 loss', f'{_MINI}loss-l2'),
    'raw-targets':
    Row('targets without LayerNorm', f'{_MINI}raw-targets'),
    'decoder-depth1':
    Row('decoders of 1 block, not 2', f'{_MINI}decoder-depth1', minutes=23.),
    'decoder-depth4':
    Row('decoders of 4 blocks, not 2', f'{_MINI}decoder-depth4', minutes=35.),
    'mask50':
    Row('mask ratio 0.5, not 0.75', f'{_MINI}mask50', minutes=32.),
    'mask90':
    Row('mask ratio 0.9, not 0.75', f'{_MINI}mask90', minutes=24.),
    'all-frames':
    Row('image teacher on every frame', f'{_MINI}all-frames', minutes=32.)
}
SCRATCH = 'scratch'  # the row without pre-training


def config_of(start: str) -> Path:
    """The one config whose name begins so."""
    folder, name = start.split('/')
    config, = (CONFIGS / folder).glob(f'{name}_*_{ENDING}.py')
    return config


def stages_of(work_dir: Path, names: Sequence[str]) -> Dict[str, Stage]:
    """Every training of the chosen rows, in the order in which they run.

    Args:
        work_dir (Path): Each run is a folder in it.
        names (Sequence[str]): Keys of ``ROWS``.

    Returns:
        dict[str, Stage]: Teachers, then for each row its pre-training, called
        as the row, and its fine-tuning ('finetune_<row>'); that from scratch
        comes last.
    """
    stages = {}
    needed = {teacher for name in names for teacher in ROWS[name].teachers}
    for (folder, (start, minutes)), branch in zip(TEACHERS.items(),
                                                  ('image', 'video')):
        if branch in needed:
            stages[folder] = Stage(f'{branch} teacher',
                                   config_of(f'mini/{start}'),
                                   work_dir / folder, minutes)
    finetuning = config_of('mini/vit-*')
    for name in (*names, SCRATCH):
        title = 'from scratch'
        if name != SCRATCH:
            row = ROWS[name]
            title = row.title
            stages[name] = Stage(f'student: {title}', config_of(row.config),
                                 work_dir / name, row.minutes)
        folder = f'finetune_{name}'
        stages[folder] = Stage(f'fine-tuning: {title}', finetuning,
                               work_dir / folder, 5.)
    return stages
