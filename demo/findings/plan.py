"""What is trained, from which configs of the quickstart, for how long."""
from pathlib import Path
from typing import Any, Dict, NamedTuple, Sequence

from ..quickstart.places import ROOT
from ..quickstart.stage import TEACHER, Stage

CONFIGS = ROOT / 'configs'
TASKS = ('appearance', 'motion')  # each clip has a label for both


class Training(NamedTuple):
    """A pre-training.

    Args:
        title (str): What it is, for tables.
        config (str): Start of its config's path below ``configs``.
        epochs (int): How long it trains.
        minutes (float): On one core, measured.
        teachers (dict[str, str]): Key of a checkpoint in the config by the
            name of the teacher.
        options (dict): ``--cfg-options`` of its own.
    """

    title: str
    config: str
    epochs: int
    minutes: float
    teachers: Dict[str, str] = {}
    options: Dict[str, Any] = {}


# of the size of the video teacher, as in the paper
_SIZE = dict(embed_dims=128, depth=4, num_heads=2)
_IMAGE_TEACHER = {
    **{
        f'model.backbone.{key}': value
        for key, value in _SIZE.items()
    }, 'model.decoder.in_channels': 128
}
_IMAGE_BRANCH = {
    **{
        f'model.branches.image.teacher.vit.{key}': value
        for key, value in _SIZE.items()
    }, 'model.branches.image.decoder.out_channels': 128
}
IMAGE = {'image_teacher': TEACHER.format('image')}
VIDEO = {'video_teacher': TEACHER.format('video')}
STUDENT_EPOCHS = 15  # of 80 iterations
TEACHER_EPOCHS = dict(image=15, video=24)
_MVD = 'mvd/quickstart/mvd_vit-micro-p8_teacher'
TRAININGS = {
    'image_teacher':
    Training('image teacher (MAE)', 'mvd/quickstart/mae_vit-micro-p8',
             TEACHER_EPOCHS['image'], 1.5, {}, _IMAGE_TEACHER),
    'video_teacher':
    Training('video teacher (VideoMAE)',
             'mvd/quickstart/videomae_vit-micro-p8', TEACHER_EPOCHS['video'],
             2.5),
    'image':
    Training('MVD, image teacher', f'{_MVD}-image-only', STUDENT_EPOCHS, 2.5,
             IMAGE, _IMAGE_BRANCH),
    'video':
    Training('MVD, video teacher', f'{_MVD}-video-only', STUDENT_EPOCHS, 3.,
             VIDEO),
    'both':
    Training('MVD, both teachers', f'{_MVD}s-micro', STUDENT_EPOCHS, 4., {
        **IMAGE,
        **VIDEO
    }, _IMAGE_BRANCH),
    # as long as the video teacher and a student together
    'pixels':
    Training('pixels alone (VideoMAE)', 'mvd/quickstart/videomae_vit-micro-p8',
             TEACHER_EPOCHS['video'] + STUDENT_EPOCHS, 4.5),
    'amd':
    Training('AMD, video teacher', 'amd/quickstart/amd_vit-micro-p8',
             STUDENT_EPOCHS, 3.,
             {'video_teacher': 'model.teacher.checkpoint'}),
}
TEACHERS = ('image_teacher', 'video_teacher')
STUDENTS = tuple(name for name in TRAININGS if name not in TEACHERS)
RANDOM = 'random'  # the network of the students before any training
TITLES = {
    **{
        name: training.title
        for name, training in TRAININGS.items()
    }, RANDOM: 'random weights'
}
FINETUNING = 'mvd/quickstart/vit-micro-p8'


def config_of(start: str) -> Path:
    """The one config of the quickstart's set whose path begins so."""
    config, = CONFIGS.glob(f'{start}_*_motion-shapes-rgb.py')
    return config


def stages_of(work_dir: Path, names: Sequence[str]) -> Dict[str, Stage]:
    """Every training of a seed by the name of its folder, in order.

    Args:
        work_dir (Path): Of the seed.
        names (Sequence[str]): Keys of ``TRAININGS``; students among them are
            fine-tuned, and with the first one the random network, too.
    """
    stages = {
        name:
        Stage(training.title, config_of(training.config), work_dir / name,
              training.minutes)
        for name, training in TRAININGS.items() if name in names
    }
    starts = [name for name in STUDENTS if name in names]
    for start in (*starts, RANDOM) if starts else ():
        for task in TASKS:
            name = finetuning_of(start, task)
            stages[name] = Stage(f'fine-tuning on {task}: {TITLES[start]}',
                                 config_of(FINETUNING), work_dir / name, .9)
    return stages


def finetuning_of(start: str, task: str) -> str:
    """Name the fine-tuning from a student, or from random weights."""
    return f'finetune_{start}_{task}'
