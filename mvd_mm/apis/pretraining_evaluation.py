"""What a pre-trained student and its teachers know, in figures."""
from collections import defaultdict
from typing import Dict, Iterable

import torch
from mmengine.config import Config
from mmengine.model import BaseModel

from mvd_mm.evaluation import (ExplainedVariance, extract_features, knn_probe,
                               linear_probe)
from mvd_mm.evaluation.features import Network
from mvd_mm.models import FrozenTeacher, MaskedAutoencoder
from .pretraining import build_loader, build_pretrained

__all__ = ['Table', 'evaluate', 'format_table', 'predicted_variance', 'probe']

Table = Dict[str, Dict[str, float]]


@torch.no_grad()
def predicted_variance(model: BaseModel,
                       loader: Iterable[dict]) -> Dict[str, float]:
    """Percent of each target's variance that the student predicts.

    MVD has one target per teacher, AMD the pixels and two per aligned layer,
    MAE and VideoMAE the pixels.
    """
    meters: Dict[str, ExplainedVariance] = defaultdict(ExplainedVariance)
    for batch in loader:
        inputs = model.data_preprocessor(batch)['inputs']
        for name, result in _predictions(model, inputs).items():
            meters[name].update(result['pred'], result['target'])
    return {name: meter.compute() for name, meter in meters.items()}


def probe(model: BaseModel, cfg: Config, val_ann_file: str,
          seed: int) -> Table:
    """Probe the student, a random student and the teachers, in percent."""
    torch.manual_seed(seed)
    untrained = build_pretrained(cfg, None).backbone
    networks: Dict[str, Network] = {
        'random student': lambda inputs: untrained(inputs['imgs'])
    }
    for name, branch in getattr(model, 'branches', {}).items():
        networks[f'{name} teacher'] = _on_its_view(branch['teacher'])
    if hasattr(model, 'teacher'):  # AMD's; whole clips, as for the student
        networks['teacher'] = _on_its_view(model.teacher)
    networks[_title(model)] = lambda inputs: model.backbone(inputs['imgs'])
    splits = [
        extract_features(networks, build_loader(cfg, ann_file, seed),
                         model.data_preprocessor, model.backbone.grid_size[0])
        for ann_file in (None, val_ann_file)
    ]
    table = {}
    for name in networks:
        train, val = [(feats[name], labels) for feats, labels in splits]
        table[name] = dict(
            linear_probe=linear_probe(train, val), knn=knn_probe(train, val))
    return table


def _predictions(model: BaseModel, inputs: dict) -> Dict[str, dict]:
    if isinstance(model, MaskedAutoencoder):
        return dict(pixels=model(inputs, mode='predict'))
    return model.predict(inputs)


def _title(model: BaseModel) -> str:
    if isinstance(model, MaskedAutoencoder):
        return 'pre-trained encoder'
    return f'{type(model).__name__} student'


def _on_its_view(teacher: FrozenTeacher) -> Network:
    return lambda inputs: teacher(inputs[teacher.view])


def evaluate(cfg: Config,
             checkpoint: str,
             val_ann_file: str,
             seed: int = 0,
             with_probes: bool = True) -> Dict:
    """All figures of a pre-training.

    Args:
        cfg (Config): Config of the pre-training.
        checkpoint (str): Checkpoint of the student.
        val_ann_file (str): List of held-out videos.
        seed (int): Seed of the masks and of the random student.
        with_probes (bool): False if the labels mean nothing.

    Returns:
        dict: ``probes``, a :data:`Table`, and ``predicted_variance``, one
        figure per target; all in percent.

    Raises:
        FileNotFoundError: If a file does not exist.
        ValueError: If the checkpoint does not fit the model.
    """
    model = build_pretrained(cfg, checkpoint)
    return dict(
        probes=probe(model, cfg, val_ann_file, seed) if with_probes else {},
        predicted_variance=predicted_variance(
            model, build_loader(cfg, val_ann_file, seed)))


def format_table(results: Dict) -> str:
    """Markdown of what :func:`evaluate` returns.

    Args:
        results (dict): Of that function.

    Returns:
        str: Lines of two tables.
    """
    lines = []
    if results['probes']:
        lines += [
            '| frozen features, held-out clips | linear probe | kNN (10) |',
            '| --- | ---: | ---: |'
        ]
        lines += [
            f"| {name} | {row['linear_probe']:.1f} | {row['knn']:.1f} |"
            for name, row in results['probes'].items()
        ]
        lines.append('')
    lines += [
        '| teacher | variance of its features predicted at hidden tokens |',
        '| --- | ---: |'
    ]
    lines += [
        f'| {name} | {share:.1f} % |'
        for name, share in results['predicted_variance'].items()
    ]
    return '\n'.join(lines)
