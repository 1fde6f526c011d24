"""A pre-trained model with its teachers, and its data, for analysis."""
from copy import deepcopy
from typing import Optional

import torch
from mmengine.config import Config
from mmengine.device import get_device
from mmengine.logging import MMLogger
from mmengine.model import BaseModel
from mmengine.registry import MODELS, init_default_scope
from mmengine.runner import Runner

from mvd_mm.checkpoints import load_strictly, read_state_dict

__all__ = ['build_loader', 'build_pretrained']


def build_pretrained(cfg: Config, checkpoint: Optional[str]) -> BaseModel:
    """Build the model of a pre-training config and load its weights.

    Args:
        cfg (Config): Config of a pre-training, with teachers that name
            their files.
        checkpoint (str, optional): Checkpoint of the run; None keeps the
            initial weights of the student.

    Returns:
        BaseModel: The model in eval mode, on MMEngine's default device.

    Raises:
        FileNotFoundError: If a file does not exist.
        ValueError: If a file does not fit the model.
    """
    init_default_scope(cfg.get('default_scope', 'mmaction'))
    model = MODELS.build(cfg.model)
    logger = MMLogger.get_current_instance()
    level = logger.level
    # MMEngine logs how every single parameter was initialised
    logger.setLevel('WARNING')
    try:
        model.init_weights()
    finally:  # also where a teacher's file is missing
        logger.setLevel(level)
    if checkpoint is not None:
        expected = model.state_dict()
        # a random teacher is in the file, one with a file of its own is not
        weights = {
            key: value
            for key, value in read_state_dict(checkpoint).items()
            if key in expected or 'teacher' not in key.split('.')
        }
        load_strictly(model, weights, source=checkpoint)
    return model.to(get_device()).eval()


def build_loader(cfg: Config,
                 ann_file: Optional[str] = None,
                 seed: int = 0) -> torch.utils.data.DataLoader:
    """Build the training loader of a config for one pass in order.

    Args:
        cfg (Config): With ``train_dataloader``.
        ann_file (str, optional): Another list of videos.
        seed (int): Seed of the crops and masks.

    Returns:
        DataLoader: Every video once, including the last, smaller batch.
    """
    init_default_scope(cfg.get('default_scope', 'mmaction'))
    loader = deepcopy(cfg.train_dataloader)
    dataset = loader.dataset
    while 'dataset' in dataset:  # a repeated set is read once
        dataset = loader.dataset = dataset.dataset
    if ann_file is not None:
        dataset.ann_file = ann_file
    loader.update(
        drop_last=False,
        # only workers are seeded: the main process would draw differently
        num_workers=max(1, loader.num_workers),
        persistent_workers=False,
        sampler=dict(type='DefaultSampler', shuffle=False))
    return Runner.build_dataloader(loader, seed=seed)
