"""Linear probes of frozen networks, for both labels of each clip."""
import json
import os
from pathlib import Path
from typing import Dict, Sequence

import torch
from mmengine.config import Config

from mvd_mm.apis.pretraining import build_loader, build_pretrained
from mvd_mm.evaluation import extract_features, linear_probe
from mvd_mm.evaluation.features import Network
from .options import pretraining_options
from .plan import RANDOM, TASKS, TEACHERS, TRAININGS, config_of
from .scenes import PANS

Accuracies = Dict[str, Dict[str, float]]  # percent, by network and by task


def _config(name: str, root: Path, checkpoints: Dict[str, str]) -> Config:
    cfg = Config.fromfile(config_of(TRAININGS[name].config))
    cfg.merge_from_dict({
        key: str(value) if isinstance(value, Path) else value
        for key, value in pretraining_options(name, root, checkpoints,
                                              False).items()
    })
    return cfg


def probe(names: Sequence[str], root: Path, checkpoints: Dict[str, str],
          seed: int, path: Path) -> Accuracies:
    """Probe teachers, students and a random student.

    Args:
        names (Sequence[str]): Keys of ``TRAININGS``, or ``RANDOM``.
        root (Path): Of the videos.
        checkpoints (dict[str, str]): By name, of both teachers at least.
        seed (int): Of the random student and of the first frames.
        path (Path): JSON file of the results; what it has is not done again.

    Returns:
        dict: Accuracies on held-out clips.
    """
    found: Accuracies = json.loads(path.read_text()) if path.is_file() else {}
    missing = [name for name in names if name not in found]
    if not missing:
        return {name: found[name] for name in names}
    cfg = _config('both', root, checkpoints)
    torch.manual_seed(seed)
    both = build_pretrained(cfg, None)
    networks: Dict[str, Network] = {}
    for name in missing:
        if name in TEACHERS:
            teacher = both.branches[name.split('_')[0]]['teacher']
            networks[name] = (
                lambda inputs, teacher=teacher: teacher(inputs[teacher.view]))
        else:
            backbone = (both if name == RANDOM else build_pretrained(
                _config(name, root, checkpoints), checkpoints[name])).backbone
            networks[name] = (
                lambda inputs, backbone=backbone: backbone(inputs['imgs']))
    splits = [
        extract_features(networks,
                         build_loader(cfg, str(root / f'{split}.txt'), seed),
                         both.data_preprocessor, both.backbone.grid_size[0])
        for split in ('train', 'val')
    ]
    for name in missing:
        found[name] = {}
        for task in TASKS:
            found[name][task] = linear_probe(
                *[(feats[name], labels //
                   len(PANS) if task == 'appearance' else labels % len(PANS))
                  for feats, labels in splits])
    part = path.with_suffix('.part')
    part.write_text(json.dumps(found, indent=2) + '\n')
    os.replace(part, path)
    return {name: found[name] for name in names}
