"""What a pre-trained student and its teachers know, in figures."""
from typing import Dict, Optional

import torch
from mmengine.config import Config
from mmengine.model import BaseModel

from mvd_mm.evaluation import (ExplainedVariance, extract_features, knn_probe,
                               linear_probe)
from .pretraining import build_loader, build_pretrained

__all__ = ['Table', 'evaluate', 'format_table', 'predicted_variance', 'probe']

Table = Dict[str, Dict[str, Optional[float]]]


@torch.no_grad()
def predicted_variance(model: BaseModel, loader) -> Dict[str, float]:
    """Percent of each teacher's variance that the student predicts."""
    meters = {name: ExplainedVariance() for name in model.branches}
    for batch in loader:
        inputs = model.data_preprocessor(batch)['inputs']
        for name, result in model.predict(inputs).items():
            meters[name].update(result['pred'], result['target'])
    return {name: meter.compute() for name, meter in meters.items()}


def probe(model: BaseModel, cfg: Config, val_ann_file: str,
          seed: int) -> Table:
    """Probe student, random student and teachers."""
    torch.manual_seed(seed)
    untrained = build_pretrained(cfg, None).backbone
    networks = {'random student': lambda inputs: untrained(inputs['imgs'])}
    for name, branch in model.branches.items():
        teacher = branch['teacher']
        networks[f'{name} teacher'] = (
            lambda inputs, t=teacher: t(inputs[t.view]))
    networks['MVD student'] = lambda inputs: model.backbone(inputs['imgs'])
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


def evaluate(cfg: Config,
             checkpoint: str,
             val_ann_file: str,
             seed: int = 0,
             with_probes: bool = True) -> Dict:
    """All figures of a pre-training.

    Args:
        cfg (Config): Of the pre-training.
        checkpoint (str): Of the student.
        val_ann_file (str): Held-out videos.
        seed (int): Of masks and of the random student.
        with_probes (bool): False where labels mean nothing.

    Returns:
        dict: ``probes`` and ``predicted_variance``, in percent.
    """
    model = build_pretrained(cfg, checkpoint)
    return dict(
        probes=probe(model, cfg, val_ann_file, seed) if with_probes else {},
        predicted_variance=predicted_variance(
            model, build_loader(cfg, val_ann_file, seed)))


def format_table(results: Dict) -> str:
    """Markdown of what :func:`evaluate` returns."""
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
