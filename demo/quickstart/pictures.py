"""Pictures of held-out clips: teachers' features and what is predicted."""
from copy import deepcopy
from pathlib import Path
from typing import Dict, List, NamedTuple

import torch
from mmengine.config import Config
from mmengine.model import BaseModel
from torch import Tensor

from mvd_mm.apis.pretraining import build_loader, build_pretrained
from mvd_mm.visualization import (FeatureColours, change_rows, clip_rows,
                                  compare_changes, save_rows)

Branches = Dict[str, Dict[str, Tensor]]


class Shown(NamedTuple):
    """A held-out clip and what the networks make of it.

    Args:
        clip (Tensor): Frames in 0..1, shape (3, T, H, W).
        mask (Tensor): bool, shape (L, ), True means hidden.
        branches (dict): For each teacher ``feats`` (L, F), as its head
            normalises them, and ``pred`` (M, F).
    """

    clip: Tensor
    mask: Tensor
    branches: Branches


class Pictures(NamedTuple):
    """What was drawn.

    Args:
        paths (list[Path]): The PNG files.
        correlation (dict[str, float]): For each teacher the median over all
            held-out clips of the correlation between the changes over time of
            its features and of their prediction.
    """

    paths: List[Path]
    correlation: Dict[str, float]


def best_clips(correlation: Dict[str, Tensor], motion: Dict[str, Tensor],
               number: int) -> List[int]:
    """Choose clips in which predictions change as the features do.

    Of the clips whose features change more than the median clip's, for every
    teacher, those are taken whose correlation is highest for the teacher for
    which it is lower: a single frame tells the image teacher's features
    better than the video teacher's. If there are too few such clips, those
    with less change follow.

    Args:
        correlation (dict[str, Tensor]): For each teacher, (N, ): between the
            changes over time of its features and of their prediction.
        motion (dict[str, Tensor]): For each teacher, (N, ): how much its
            features change.
        number (int): Of clips.

    Returns:
        list[int]: Indices of the clips, the best first.
    """
    moving = torch.stack([m >= m.median() for m in motion.values()]).all(0)
    score = torch.stack(list(correlation.values())).amin(0)
    # correlations are at most 1: those that move come first
    return (score + 4 * moving).topk(min(number, len(score))).indices.tolist()


def _targets(model: BaseModel, name: str, feats: Tensor) -> Tensor:
    # the student predicts targets as its head normalises them
    everywhere = torch.ones(
        feats.shape[:2], dtype=torch.bool, device=feats.device)
    return model.branches[name]['head'].target(feats, everywhere)


def _frames(model: BaseModel, imgs: Tensor) -> Tensor:
    prep = model.data_preprocessor
    return ((imgs * prep.std + prep.mean) / 255).clamp(0, 1).cpu()


def _columns(cfg: Config, slices: int, frames: int) -> List[str]:
    """Name each time slice by its first frame, counted in the video."""
    dataset = cfg.train_dataloader.dataset
    dataset = dataset.get('dataset', dataset)
    stride = next((step['frame_interval']
                   for step in dataset.pipeline if 'frame_interval' in step),
                  1)
    return [f'frame +{i * frames // slices * stride}' for i in range(slices)]


@torch.no_grad()
def save_pictures(cfg: Config,
                  checkpoint: str,
                  val_ann_file: str,
                  folder: Path,
                  number: int = 3) -> Pictures:
    """Draw frames, mask, features and predictions of some held-out clips.

    :func:`best_clips` says which ones.

    Args:
        cfg (Config): Of the distillation.
        checkpoint (str): Of the student.
        val_ann_file (str): Held-out videos.
        folder (Path): Where the PNG files go.
        number (int): Of clips.
    """
    model: BaseModel = build_pretrained(cfg, checkpoint)
    grid = model.backbone.grid_size
    names = list(model.branches)
    correlation: Dict[str, List[Tensor]] = {name: [] for name in names}
    motion: Dict[str, List[Tensor]] = {name: [] for name in names}
    kept: List[Shown] = []
    for batch in build_loader(cfg, val_ann_file):
        inputs = model.data_preprocessor(batch)['inputs']
        results = model.predict(inputs)
        for name, result in results.items():
            change = compare_changes(result['pred'], result['target'],
                                     inputs['mask'], grid)
            correlation[name].append(change.correlation.cpu())
            motion[name].append(change.target.cpu())
        clips = _frames(model, inputs['imgs'])
        feats = {
            name: _targets(model, name, result['feats']).cpu()
            for name, result in results.items()
        }
        kept += [
            Shown(
                clips[i], inputs['mask'][i].cpu(), {
                    name:
                    dict(
                        feats=feats[name][i],
                        pred=results[name]['pred'][i].cpu())
                    for name in names
                }) for i in range(len(clips))
        ]
    found = {name: torch.cat(values) for name, values in correlation.items()}
    moved = {name: torch.cat(values) for name, values in motion.items()}
    # of the first clips: enough for the main components
    colours = {
        name:
        FeatureColours(
            torch.stack([shown.branches[name]['feats']
                         for shown in kept[:16]]))
        for name in names
    }
    columns = _columns(cfg, grid[0], kept[0].clip.shape[1])
    paths = []
    for rank, index in enumerate(best_clips(found, moved, number)):
        shown = kept[index]
        figures = ', '.join(f'{name} {found[name][index]:.2f}'
                            for name in names)
        paths.append(folder / f'predictions_{rank}.png')
        save_rows(
            clip_rows(shown.clip, shown.mask, grid, shown.branches, colours) +
            change_rows(shown.clip, shown.mask, grid, shown.branches),
            str(paths[-1]), f'held-out clip {index}, time from left to right\n'
            f'changes of teacher and student correlate: {figures}', columns,
            True)
    return Pictures(paths, {
        name: float(values.median())
        for name, values in found.items()
    })


@torch.no_grad()
def save_early_picture(cfg: Config,
                       val_ann_file: str,
                       path: Path,
                       number: int = 1) -> None:
    """Draw what a student will see, and the image teacher's features.

    Args:
        cfg (Config): Of the distillation; only the image teacher needs a
            checkpoint.
        val_ann_file (str): Held-out videos.
        path (Path): The PNG file.
        number (int): Of clips.
    """
    cfg = deepcopy(cfg)
    cfg.model.branches = dict(image=cfg.model.branches.image)
    model: BaseModel = build_pretrained(cfg, None)
    teacher = model.branches['image']['teacher']
    inputs = model.data_preprocessor(
        next(iter(build_loader(cfg, val_ann_file))))['inputs']
    feats = _targets(model, 'image', teacher(inputs[teacher.view])).cpu()
    colours = dict(image=FeatureColours(feats))
    clips = _frames(model, inputs['imgs'])
    rows = [
        row for i in range(min(number, len(clips)))
        for row in clip_rows(clips[i], inputs['mask'][i].cpu(
        ), model.backbone.grid_size, dict(image=dict(feats=feats[i])), colours)
    ]
    save_rows(
        rows, str(path), 'held-out clip, time from left to right\ncolours: '
        "main components of the image teacher's features",
        _columns(cfg, model.backbone.grid_size[0], clips.shape[2]), True)
