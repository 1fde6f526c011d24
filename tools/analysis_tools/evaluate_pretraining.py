"""Ask a pre-trained student and its teachers what they know.

    python tools/analysis_tools/evaluate_pretraining.py CONFIG CHECKPOINT \\
        --val-ann-file data/motion_shapes/val.txt

Prints linear-probe and nearest-neighbour accuracy of frozen features on
held-out clips, and the share of the teachers' variance that the student
predicts at hidden tokens there.
"""
import argparse
import json
from typing import Dict, Optional

import torch
from mmengine.config import Config, DictAction
from mmengine.model import BaseModel

import mvd_mm  # noqa: F401  registers the modules
from mvd_mm.evaluation import (ExplainedVariance, extract_features, knn_probe,
                               linear_probe)
from mvd_mm.apis.pretraining import build_loader, build_pretrained

Table = Dict[str, Dict[str, Optional[float]]]


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', help='of the pre-training')
    parser.add_argument('checkpoint', help='of the student')
    parser.add_argument(
        '--val-ann-file', required=True, help='list of held-out videos')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--out', help='also write the figures here, as JSON')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction)
    return parser.parse_args()


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


def main() -> None:
    args = parse_args()
    cfg = Config.fromfile(args.config)
    if args.cfg_options is not None:
        cfg.merge_from_dict(args.cfg_options)
    results = evaluate(cfg, args.checkpoint, args.val_ann_file, args.seed)
    print(format_table(results))
    if args.out:
        with open(args.out, 'w') as file:
            json.dump(results, file, indent=2)


if __name__ == '__main__':
    main()
