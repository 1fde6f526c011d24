"""What the findings change in the quickstart's configs."""
from pathlib import Path
from typing import Dict

from ..quickstart.runs import Options
from .plan import TRAININGS
from .scenes import CLASSES

EPOCHS = 'train_cfg.max_epochs'
FEW = 480  # clips with labels


def data_options(root: Path) -> Options:
    """``--cfg-options`` of every training: where the videos are."""
    dataset = 'train_dataloader.dataset'
    return {
        f'{dataset}.ann_file': root / 'train.txt',
        f'{dataset}.data_prefix.video': root
    }


def pretraining_options(name: str, root: Path, checkpoints: Dict[str, str],
                        smoke: bool) -> Options:
    """``--cfg-options`` of a pre-training.

    Args:
        name (str): Key of ``TRAININGS``.
        root (Path): Of the videos.
        checkpoints (dict[str, str]): Of the teachers, by name.
        smoke (bool): One epoch.
    """
    training = TRAININGS[name]
    return {
        **training.options,
        **data_options(root),
        **{
            key: checkpoints[teacher]
            for teacher, key in training.teachers.items()
        }, EPOCHS: 1 if smoke else training.epochs
    }


def finetuning_options(task: str, root: Path, smoke: bool) -> Options:
    """``--cfg-options`` of a fine-tuning, tested once, at its end.

    Args:
        task (str): Key of ``TASKS``.
        root (Path): Of the videos.
        smoke (bool): One epoch of a few clips.
    """
    epochs = 1 if smoke else 8
    options = {
        'model.cls_head.num_classes': len(CLASSES[task]),
        EPOCHS: epochs,
        'train_cfg.val_interval': epochs,
        'train_dataloader.dataset.indices': 32 if smoke else FEW
    }
    for split in ('train', 'val'):
        dataset = f'{split}_dataloader.dataset'
        options[f'{dataset}.ann_file'] = root / f'{split}_{task}.txt'
        options[f'{dataset}.data_prefix.video'] = root
    return options
