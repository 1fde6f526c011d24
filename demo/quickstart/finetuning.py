"""Fine-tuning on few labels, to compare pre-trainings."""
from typing import Dict, Optional

from .clock import Clock
from .data import Data
from .runs import Options, test, train
from .stage import Stage

Accuracies = Dict[str, Dict[str, float]]
NAMES = {
    'finetune_scratch': 'from scratch',
    'finetune_mvd': 'after MVD',
    'finetune_mvd_image': 'after MVD from the image teacher alone',
    'finetune_mvd_video': 'after MVD from the video teacher alone'
}


def finetune_options(data: Data, smoke: bool) -> Options:
    """``--cfg-options`` of every fine-tuning.

    Args:
        data (Data): A rendered set; its configs name how many clips of the
            training list have a label.
        smoke (bool): One epoch of a few clips.
    """
    options = dict(data.options)
    for part in ('val', 'test'):
        dataset = f'{part}_dataloader.dataset'
        options[f'{dataset}.ann_file'] = data.val
        options[f'{dataset}.data_prefix.video'] = data.root
    if smoke:
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
        dict: ``top1`` and ``top5`` accuracy in percent on held-out clips.
    """
    start = {'model.backbone.init_cfg.checkpoint': student}
    checkpoint = train(stage, {**options, **start}, seed, clock)
    # the tested weights are all in the checkpoint
    start['model.backbone.init_cfg.checkpoint'] = None
    metrics = test(stage, checkpoint, {**options, **start})
    return {name: 100 * metrics[f'acc/{name}'] for name in ('top1', 'top5')}


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


def format_accuracies(accuracies: Accuracies) -> str:
    """Markdown of accuracies by the name of the pre-training."""
    lines = [
        '| few labels, held-out clips, 3 views | top-1 | top-5 |',
        '| --- | ---: | ---: |'
    ]
    lines += [
        f"| {name} | {row['top1']:.1f} | {row['top5']:.1f} |"
        for name, row in accuracies.items()
    ]
    return '\n'.join(lines)
