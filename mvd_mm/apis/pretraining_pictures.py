"""What a pre-trained student sees and predicts, beside the teachers."""
from pathlib import Path
from typing import Any, Dict, List, Optional

import torch
from mmengine.registry import init_default_scope
from torch import Tensor

from mvd_mm.visualization.feature_picture import (FeatureColours, clip_rows,
                                                  save_rows)
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
    shown: List[Dict[str, Any]] = []
    loader = build_loader(cfg, None if ann_file is None else str(ann_file),
                          seed)
    for batch in loader:
        inputs = model.data_preprocessor(batch)['inputs']
        shown += _look(model, inputs, checkpoint is not None)
        if len(shown) >= number:
            break
    del loader
    shown = shown[:number]
    colours = {
        name:
        FeatureColours(
            torch.stack([each['branches'][name]['feats'] for each in shown]))
        for name in model.branches
    }
    out.mkdir(parents=True, exist_ok=True)
    grid = model.backbone.grid_size
    paths = []
    for index, each in enumerate(shown):
        paths.append(out / f'clip_{index}.png')
        hidden = 100 * float(each['mask'].float().mean())
        save_rows(
            clip_rows(each['clip'], each['mask'], grid, each['branches'],
                      colours), str(paths[-1]),
            f'clip {index} of the list, {hidden:.0f} % hidden, time from left '
            "to right\ncolours: main components of each teacher's features",
            _columns(grid[0], each['clip'].shape[1]), True)
    return paths


def _columns(slices: int, frames: int) -> List[str]:
    return [f'frame {1 + i * frames // slices}' for i in range(slices)]


def _look(model: Any, inputs: Dict[str, Tensor],
          predicted: bool) -> List[Dict[str, Any]]:
    """Clips, masks, and for each teacher features and predictions."""
    prep = model.data_preprocessor
    clips = ((inputs['imgs'] * prep.std + prep.mean) / 255).clamp(0, 1).cpu()
    branches: Dict[str, Dict[str, Tensor]] = {}
    results = model.predict(inputs) if predicted else {}
    for name, branch in model.branches.items():
        teacher = branch['teacher']
        feats = (
            results[name]['feats']
            if predicted else teacher(inputs[teacher.view]))
        everywhere = torch.ones(
            feats.shape[:2], dtype=torch.bool, device=feats.device)
        # the student predicts targets as its head normalises them
        branches[name] = dict(feats=branch['head'].target(feats, everywhere))
        if predicted:
            branches[name]['pred'] = results[name]['pred']
    return [
        dict(
            clip=clips[i],
            mask=inputs['mask'][i].cpu(),
            branches={
                name: {
                    key: value[i].cpu()
                    for key, value in parts.items()
                }
                for name, parts in branches.items()
            }) for i in range(len(clips))
    ]
