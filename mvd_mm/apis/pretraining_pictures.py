"""What a pre-trained student sees and predicts, beside the teachers."""
from pathlib import Path
from typing import Any, List, Optional

import torch
from mmengine.registry import init_default_scope

from mvd_mm.visualization.feature_picture import save_rows
from mvd_mm.visualization.pretraining_view import (ClipView, look,
                                                   teacher_colours, view_rows)
from .config_checks import check_module_arguments
from .config_variables import merged_config
from .pretraining import build_loader, build_pretrained

__all__ = ['draw_pretraining']


@torch.no_grad()
def draw_pretraining(config: Path,
                     checkpoint: Optional[str],
                     out: Path,
                     ann_file: Optional[Path] = None,
                     number: int = 3,
                     seed: int = 0,
                     cfg_options: Optional[dict] = None) -> List[Path]:
    """Draw clips with their masks, teachers' features and predictions.

    A PNG for each clip: frames, visible tokens and, for each teacher, its
    features and what the student predicts of them at the hidden tokens, over
    time. Colours are the three main components of a teacher's features over
    all drawn clips: one basis for the features and their prediction.

    Args:
        config (Path): Of the pre-training, with its teachers' files.
        checkpoint (str, optional): Of the student; None draws no predictions.
        out (Path): Folder of the pictures.
        ann_file (Path, optional): List of videos; the training list of the
            config by default.
        number (int): How many clips, from the beginning of the list.
        seed (int): Of crops and masks.
        cfg_options (dict, optional): What to change in the config; variables
            as in training.

    Returns:
        list[Path]: The files.

    Raises:
        FileNotFoundError: If a file does not exist.
        TypeError: If the config is not one of MVD.
        ValueError: If the weights do not fit, or ``number`` is below 1.
    """
    if number < 1:
        raise ValueError(f'`number` must be at least 1, got {number}')
    if checkpoint is not None and not Path(checkpoint).is_file():
        raise FileNotFoundError(f'`checkpoint`: there is no file {checkpoint}')
    cfg = merged_config(config, cfg_options)
    if 'branches' not in cfg.model:
        raise TypeError(f'`model.type` of {config} is '
                        f'{cfg.model.get("type")!r}: only a config of MVD has '
                        'teachers to compare with')
    cfg.setdefault('default_scope', 'mmaction')
    init_default_scope(cfg.default_scope)
    check_module_arguments(cfg)
    model: Any = build_pretrained(cfg, checkpoint)
    views: List[ClipView] = []
    loader = build_loader(cfg, None if ann_file is None else str(ann_file),
                          seed)
    for batch in loader:
        inputs = model.data_preprocessor(batch)['inputs']
        views += look(model, inputs, checkpoint is not None)
        if len(views) >= number:
            break
    del loader
    views = views[:number]
    colours = teacher_colours(views)
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    for index, view in enumerate(views):
        paths.append(out / f'clip_{index}.png')
        save_rows(
            path=str(paths[-1]),
            title=f'clip {index} of the list, {view.hidden:.0f} % hidden, '
            "time from left to right\ncolours: main components of each "
            "teacher's features",
            **view_rows(view, model.backbone.grid_size, colours))
    return paths
