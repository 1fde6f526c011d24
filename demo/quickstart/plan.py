"""What the quickstart trains, in which order, from which configs."""
from pathlib import Path
from typing import Callable, Dict, Optional, Tuple

from .clock import Clock
from .places import CONFIGS
from .runs import Options, train
from .stage import TEACHER, Stage

# folder, title, start of the config's name, minutes on two cores
Planned = Tuple[str, str, str, float]
PRETRAININGS = (
    ('mae', 'image teacher: MAE on single frames', 'mae_vit-*', 0.5),
    ('videomae', 'video teacher: VideoMAE on clips', 'videomae_vit-*', 2.6),
    ('mvd', 'student: MVD from both teachers', 'mvd_vit-*_teachers-*', 3.6),
)
ABLATIONS = (
    ('mvd_image', 'student: MVD from the image teacher alone',
     'mvd_vit-*_teacher-image-only', 2.3),
    ('mvd_video', 'student: MVD from the video teacher alone',
     'mvd_vit-*_teacher-video-only', 2.8),
)
FINETUNINGS = (
    ('finetune_scratch', 'fine-tuning from scratch', 'vit-*', 0.9),
    ('finetune_mvd', 'fine-tuning after MVD', 'vit-*', 0.9),
)
FINETUNED_ABLATIONS = (
    ('finetune_mvd_image', 'fine-tuning after MVD from the image teacher '
     'alone', 'vit-*', 0.9),
    ('finetune_mvd_video', 'fine-tuning after MVD from the video teacher '
     'alone', 'vit-*', 0.9),
)


def stages_of(work_dir: Path,
              kind: str,
              ablation: bool = False,
              labelled: bool = False) -> Dict[str, Stage]:
    """The trainings by the name of their folder, in order.

    Args:
        work_dir (Path): Of the quickstart.
        kind (str): 'quickstart', 'mini' or 'videos'.
        ablation (bool): Also a student of each teacher alone.
        labelled (bool): Of ``kind='videos'``: whether there are labels.
            Without them the plan ends with the pre-training. The rendered
            sets always have labels.

    Returns:
        dict[str, Stage]: In the order in which they run.
    """
    ending = dict(
        mini='motion-shapes-hard-rgb',
        videos='videos-rgb').get(kind, 'motion-shapes-rgb')
    configs = CONFIGS / ('mini' if kind == 'mini' else 'quickstart')
    plan: Tuple[Planned, ...] = PRETRAININGS
    if ablation:
        plan += ABLATIONS
    if kind != 'videos' or labelled:
        plan += FINETUNINGS
    if ablation:
        plan += FINETUNED_ABLATIONS
    stages = {}
    for number, (name, title, pattern, weight) in enumerate(plan, 1):
        config, = configs.glob(f'{pattern}_*_{ending}.py')
        stages[name] = Stage(f'{number}/{len(plan)} {title}', config,
                             work_dir / name, weight)
    return stages


def pretrain(stages: Dict[str, Stage],
             options: Options,
             seed: int,
             clock: Clock,
             show: Optional[Callable[[str], None]] = None) -> Dict[str, str]:
    """Train the teachers and every student of the plan.

    Args:
        stages (dict[str, Stage]): What :func:`stages_of` returns.
        options (dict): ``--cfg-options`` of all trainings.
        seed (int): Of all runs.
        clock (Clock): Estimates the time left of all stages.
        show (callable, optional): Is given the image teacher's checkpoint
            as soon as there is one.

    Returns:
        dict[str, str]: Checkpoints by the name of the stage.
    """
    done = {'mae': train(stages['mae'], options, seed, clock)}
    if show is not None:
        show(done['mae'])
    done['videomae'] = train(stages['videomae'], options, seed, clock)
    image = {TEACHER.format('image'): done['mae']}
    video = {TEACHER.format('video'): done['videomae']}
    students = {
        'mvd': {
            **image,
            **video
        },
        'mvd_image': image,
        'mvd_video': video
    }
    for name, teachers in students.items():
        if name in stages:
            done[name] = train(stages[name], {
                **options,
                **teachers
            }, seed, clock)
    return done
