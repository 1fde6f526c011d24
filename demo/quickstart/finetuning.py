"""Fine-tuning on few labels, to compare pre-trainings."""
from typing import Dict, Optional

from .clock import Clock
from .data import Data
from .runs import Options, test, train
from .stage import Stage

Accuracies = Dict[str, Dict[str, float]]
TIMES = 'train_dataloader.dataset.times'
NAMES = {
    'finetune_scratch': 'from scratch',
    'finetune_mvd': 'after MVD',
    'finetune_mvd_image': 'after MVD from the image teacher alone',
    'finetune_mvd_video': 'after MVD from the video teacher alone'
}


def finetune_options(data: Data, smoke: bool) -> Options:
    """``--cfg-options`` of every fine-tuning.

    Args:
        data (Data): A rendered set, whose configs name how many clips of the
            training list have a label, or the user's videos, which all have
            one.
        smoke (bool): One epoch of a few clips.
    """
    options = dict(data.options)
    for part in ('val', 'test'):
        dataset = f'{part}_dataloader.dataset'
        options[f'{dataset}.ann_file'] = data.val
        options[f'{dataset}.data_prefix.video'] = data.root
    if TIMES in options:  # an epoch repeats the user's videos
        number = len(data.train.read_text(encoding='utf-8').splitlines())
        options[TIMES] = -(-(32 if smoke else 480) // number)
        options['model.cls_head.num_classes'] = data.classes
    elif smoke:
        options['train_dataloader.dataset.indices'] = 32
    return options


def finetune(stage: Stage, student: Optional[str], options: Options, seed: int,
             clock: Clock) -> Dict[str, float]:
    """Train from a student and test with several views.

    Args:
        stage (Stage): What to train.
        student (str, optional): Checkpoint; None: from scratch.
        options (dict): What :func:`finetune_options` returns, and more.
        seed (int): Of the run.
        clock (Clock): Estimates the time left of all stages.

    Returns:
        dict: ``top1`` and, where it was computed, ``top5`` accuracy in
        percent on held-out clips.
    """
    start = {'model.backbone.init_cfg.checkpoint': student}
    checkpoint = train(stage, {**options, **start}, seed, clock)
    # the tested weights are all in the checkpoint
    start['model.backbone.init_cfg.checkpoint'] = None
    metrics = test(stage, checkpoint, {**options, **start})
    return {
        name: 100 * metrics[f'acc/{name}']
        for name in ('top1', 'top5') if f'acc/{name}' in metrics
    }


def finetune_all(stages: Dict[str, Stage], checkpoints: Dict[str, str],
                 options: Options, seed: int, clock: Clock) -> Accuracies:
    """Fine-tune from every student of the plan, and from scratch.

    Args:
        stages (dict[str, Stage]): The plan; only its fine-tunings are run.
        checkpoints (dict[str, str]): Of the students.
        options (dict): What :func:`finetune_options` returns, and more.
        seed (int): Of all runs.
        clock (Clock): Estimates the time left of all stages.

    Returns:
        dict: Accuracies by the name of the pre-training.
    """
    return {
        NAMES[name]:
        finetune(stage, checkpoints.get(name[len('finetune_'):]), options,
                 seed, clock)
        for name, stage in stages.items() if name in NAMES
    }


def without_trivial(accuracies: Accuracies, classes: int) -> Accuracies:
    """Leave out top-5 where there are too few classes for it to say much."""
    if classes > 5:
        return accuracies
    return {
        name: {
            key: value
            for key, value in row.items() if key != 'top5'
        }
        for name, row in accuracies.items()
    }


def format_accuracies(accuracies: Accuracies,
                      labels: str = 'few labels') -> str:
    """Markdown of accuracies by the name of the pre-training.

    Args:
        accuracies (dict): Of one or more pre-trainings, top-1 and maybe top-5.
        labels (str): What was trained on, for the heading.
    """
    keys = list(next(iter(accuracies.values())))
    lines = [
        f'| {labels}, held-out clips, 3 views | ' +
        ' | '.join(key.replace('top', 'top-') for key in keys) + ' |',
        '| --- |' + ' ---: |' * len(keys)
    ]
    lines += [
        f'| {name} | ' + ' | '.join(f'{row[key]:.1f}' for key in keys) + ' |'
        for name, row in accuracies.items()
    ]
    return '\n'.join(lines)
