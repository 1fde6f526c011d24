"""A trained recogniser with its weights, and the names of its classes."""
import logging
from pathlib import Path
from typing import Any, List, Optional, Sequence, Union

from mmaction.models import BaseRecognizer
from mmaction.registry import MODELS
from mmengine.config import Config
from mmengine.logging import print_log
from mmengine.registry import init_default_scope
from torch import nn

import mvd_mm.models  # noqa: F401  registers the modules
from mvd_mm.checkpoints import fit_whole, read_content
from mvd_mm.datasets.class_names import class_names_beside, read_class_names

__all__ = ['find_class_names', 'load_recognizer']

Names = Union[str, Path, Sequence[str]]


def load_recognizer(cfg: Config,
                    checkpoint: str,
                    device: str = 'cpu') -> nn.Module:
    """Build the recogniser of a config and load all of its weights.

    Args:
        cfg (Config): Of fine-tuning or of a probe.
        checkpoint (str): Its weights.
        device (str): E.g. ``'cpu'`` or ``'cuda:0'``.

    Returns:
        nn.Module: In eval mode.

    Raises:
        FileNotFoundError: If there is no such file.
        TypeError: If the config is not one of recognition.
        ValueError: If the weights do not fit.
    """
    init_default_scope(cfg.get('default_scope', 'mmaction'))
    model = MODELS.build(dict(cfg.model))
    if not isinstance(model, BaseRecognizer) or not hasattr(model, 'cls_head'):
        raise TypeError(
            f'`model.type` of the config is {cfg.model.get("type")!r}, which '
            'does not classify clips; for detection there is '
            'tools/visualizations/draw_actions.py, for the features of any '
            'network tools/extract_features.py')
    weights, report = fit_whole(model, read_content(checkpoint), checkpoint)
    model.load_state_dict(weights)
    print_log(str(report), logger='current')
    return model.to(device).eval()


def find_class_names(cfg: Config,
                     checkpoint: Optional[str],
                     num_classes: int,
                     classes: Optional[Names] = None) -> List[str]:
    """Names of the classes, in the order of their labels.

    They are looked for in the checkpoint, which keeps those of its training
    set, and beside the config's list of test videos. Where there are none,
    classes are called by their labels.

    Args:
        cfg (Config): Of the recogniser.
        checkpoint (str, optional): Its weights.
        num_classes (int): Number of classes K.
        classes (str, Path or Sequence[str], optional): The names, or a file
            with one a line.

    Raises:
        FileNotFoundError: If ``classes`` does not exist.
        ValueError: If ``classes`` has another number of names.
    """
    if classes is not None:
        names = (
            read_class_names(classes) if isinstance(classes,
                                                    (str,
                                                     Path)) else list(classes))
        if len(names) != num_classes:
            raise ValueError(f'`classes` has {len(names)} names, the model '
                             f'has {num_classes} classes')
        return names
    meta: Any = {}
    if checkpoint is not None:
        meta = read_content(checkpoint).get('meta') or {}
    stored = (meta.get('dataset_meta') or {}).get('classes')
    loader = cfg.get('test_dataloader') or {}
    ann_file = (loader.get('dataset') or {}).get('ann_file')
    beside = class_names_beside(ann_file) if ann_file else None
    for found in (stored, beside):
        if found is not None and len(found) == num_classes:
            return [str(name) for name in found]
    print_log(
        'no names of the classes were found in the checkpoint, nor in '
        'classes.txt beside the list of test videos: name a file with '
        '`--classes`, one name a line',
        logger='current',
        level=logging.WARNING)
    return [f'class {label}' for label in range(num_classes)]
