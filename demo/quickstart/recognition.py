"""Recognition: teachers, students, classifiers, and what each is worth."""
from pathlib import Path
from typing import Optional, Tuple

from .clock import Clock
from .data import get_data, why_not_finetune
from .finetuning import Accuracies, finetune_all, finetune_options
from .plan import pretrain, stages_of
from .report import report, show_early
from .runs import short_options, worker_options


def recognise(videos: Optional[Path], mini: bool, ablation: bool, smoke: bool,
              seed: int, work_dir: Path) -> Tuple[str, Path]:
    """Train teachers, students and classifiers, and compare them.

    Args:
        videos (Path, optional): Folder of videos; None: a set is rendered.
        mini (bool): The harder rendered set and larger networks.
        ablation (bool): Also a student of each teacher alone.
        smoke (bool): Every step in a minute.
        seed (int): Of all runs.
        work_dir (Path): Where everything goes.

    Returns:
        tuple: The tables, in Markdown, and the path of the report.
    """
    kind = 'videos' if videos else 'mini' if mini else 'quickstart'
    data = get_data(videos, work_dir, smoke, mini)
    obstacle = why_not_finetune(data) if videos else ''
    if obstacle:
        print(f'no fine-tuning: {obstacle}')
    short = short_options(smoke)
    stages = stages_of(work_dir, kind, ablation, labelled=not obstacle)
    clock = Clock(list(stages.values()))
    checkpoints = pretrain(
        stages, {
            **data.options,
            **short,
            **worker_options(['train'])
        }, seed, clock,
        lambda teacher: show_early(work_dir, stages, teacher, data))
    accuracies: Accuracies = {}
    if not obstacle:
        accuracies = finetune_all(
            stages, checkpoints, {
                **finetune_options(data, smoke),
                **short,
                **worker_options(['train', 'val', 'test'])
            }, seed, clock)
    print('evaluation on held-out clips: probes, predicted variance, pictures')
    source = f'{videos}.' if videos else (
        f"rendered (motion_shapes, {'hard' if mini else 'easy'}).")
    return report(work_dir, stages, checkpoints, data, accuracies, seed,
                  f'Seed {seed}, videos: {source}', obstacle)
