"""One seed: its videos, teachers, students, probes and fine-tunings."""
from pathlib import Path
from typing import Dict, Optional, Sequence

from mvd_mm.visualization import read_metric
from ..quickstart.clock import Clock
from ..quickstart.runs import train, worker_options
from ..quickstart.stage import Stage
from .options import finetuning_options, pretraining_options
from .plan import (RANDOM, STUDENTS, TASKS, TEACHERS, TRAININGS, finetuning_of,
                   stages_of)
from .probing import probe
from .table import Results
from .video_set import describe, render


def run_seed(seed: int,
             work_dir: Path,
             students: Sequence[str] = STUDENTS,
             smoke: bool = False) -> Results:
    """Do what is not done yet.

    Every finished training is kept, and so is every probe: a call may be
    interrupted and repeated, and another one may add students.

    Args:
        seed (int): Of the videos and of every training.
        work_dir (Path): Of the seed; everything goes into it.
        students (Sequence[str]): Of ``STUDENTS``. With none, teachers alone
            are probed: this is how the difficulty of the videos was chosen.
        smoke (bool): One epoch of a few clips; nothing is learned.

    Returns:
        dict: ``probe`` and, with students, ``finetune``: accuracies in percent
        on held-out clips, by network and by task.
    """
    root = work_dir / 'videos'
    render(root, describe(seed, *((64, 32) if smoke else ())))
    names = [
        name for name in TRAININGS if name in TEACHERS or name in students
    ]
    stages = stages_of(work_dir, names)
    clock = Clock(list(stages.values()))
    checkpoints: Dict[str, str] = {}
    for name in names:
        options = {
            **pretraining_options(name, root, checkpoints, smoke),
            **worker_options(['train'])
        }
        checkpoints[name] = train(stages[name], options, seed, clock)
    print('linear probes of frozen features', flush=True)
    results: Results = {}
    results['probe'] = probe([*names, RANDOM], root, checkpoints, seed,
                             work_dir / 'probes.json')
    for start in (*students, RANDOM) if students else ():
        results.setdefault('finetune', {})[start] = {
            task:
            _finetune(stages[finetuning_of(start, task)], task, root,
                      checkpoints.get(start), smoke, seed, clock)
            for task in TASKS
        }
    return results


def _finetune(stage: Stage, task: str, root: Path, student: Optional[str],
              smoke: bool, seed: int, clock: Clock) -> float:
    """Top-1 accuracy on held-out clips after training on few labels."""
    options = {
        **finetuning_options(task, root, smoke),
        **worker_options(['train', 'val'])
    }
    options['model.backbone.init_cfg.checkpoint'] = student
    train(stage, options, seed, clock)
    return 100 * read_metric(str(stage.work_dir), 'acc/top1')[-1][1]
