"""Compare this implementation with numbers of the published one.

    python tools/analysis_tools/check_parity.py CASE.npz [CASE.npz ...]

Each case is ``NAME.npz`` with weights under their published names, inputs and
outputs, and ``NAME.json`` beside it with the sizes and options of the model.
The model is built through the registry, the weights are loaded strictly, and
the largest relative difference of every feature, prediction, loss and gradient
is printed. Exit status 1 past the tolerance.
"""
import argparse
import json
import sys
from pathlib import Path
from typing import Dict, Iterator, Tuple

import numpy as np
import torch
from mmengine.registry import MODELS, DefaultScope
from torch import Tensor, nn

import mvd_mm  # noqa: F401  registers the modules
from mvd_mm.checkpoints import RULES, encoder_state_dict, load_strictly, rename

CRITERIA = {'SmoothL1': 'smooth_l1', 'L1': 'l1', 'L2': 'l2'}
Row = Tuple[str, float, bool]  # name, relative difference, is a gradient


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('cases', nargs='+', type=Path, metavar='CASE.npz')
    parser.add_argument(
        '--tolerance',
        type=float,
        default=1e-5,
        help='largest relative difference of outputs and losses')
    parser.add_argument(
        '--gradient-tolerance',
        type=float,
        default=1e-4,
        help='largest relative difference of gradients')
    return parser.parse_args()


def read_case(path: Path) -> Tuple[dict, Dict[str, Tensor]]:
    """Read sizes and arrays; float16 arrays hold exact inputs."""
    options = path.with_suffix('.json')
    for file in (path, options):
        if not file.is_file():
            raise FileNotFoundError(
                f'{str(file)!r} does not exist: a case is NAME.npz with '
                'NAME.json beside it')
    with np.load(path) as arrays:
        tensors = {k: torch.from_numpy(arrays[k]) for k in arrays.files}
    return json.loads(options.read_text()), {
        k: v.float() if v.is_floating_point() else v
        for k, v in tensors.items()
    }


def below(tensors: Dict[str, Tensor], prefix: str) -> Dict[str, Tensor]:
    """The entries whose name starts with a prefix, without it."""
    return {
        k[len(prefix):]: v
        for k, v in tensors.items() if k.startswith(prefix)
    }


def backbone_cfg(case: dict, **sizes) -> dict:
    """Config of the ViT that every network of a case consists of."""
    return dict(
        img_size=case['img_size'],
        patch_size=case['patch_size'],
        num_frames=case['num_frames'],
        tubelet_size=case['tubelet_size'],
        **sizes)


def pretrain_cfg(case: dict) -> dict:
    """Config of the whole distillation."""
    tubelet, all_frames = case['tubelet_size'], not case.get(
        'one_frame_per_tubelet', True)
    side = case['img_size'] // case['patch_size']
    teachers = dict()
    if 'image_teacher' in case:
        teachers['image'] = dict(
            type='mvd_mm.MAEImageTeacher',
            vit=dict(
                img_size=case['image_teacher_img_size'],
                patch_size=case['image_teacher_patch_size'],
                **case['image_teacher']),
            num_frames=case['num_frames'],
            tubelet_size=tubelet,
            all_frames=all_frames,
            view='imgs_image_teacher')
    if 'video_teacher' in case:
        teachers['video'] = dict(
            type='mvd_mm.VideoMAETeacher',
            vit=backbone_cfg(case, **case['video_teacher']))
    widths = {k: t['vit']['embed_dims'] for k, t in teachers.items()}
    if all_frames and 'image' in widths:
        widths['image'] *= tubelet
    return dict(
        type='mvd_mm.MVD',
        backbone=dict(
            type='mvd_mm.MVDVisionTransformer',
            use_mean_pooling=False,
            **backbone_cfg(case, **case['student'])),
        branches={
            name:
            dict(
                teacher=teacher,
                decoder=dict(
                    type='mvd_mm.MaskedTokenDecoder',
                    in_channels=case['student']['embed_dims'],
                    out_channels=widths[name],
                    grid_size=(case['num_frames'] // tubelet, side, side),
                    **case['decoder']),
                head=dict(
                    type='mvd_mm.FeatureDistillHead',
                    norm_target=case.get('norm_feature', False),
                    loss=dict(
                        type='mvd_mm.RegressionLoss',
                        criterion=CRITERIA[case['loss_type'][name]],
                        loss_weight=case['loss_weight'][name])))
            for name, teacher in teachers.items()
        })


def compare(name: str, ours: Tensor, theirs: Tensor) -> Row:
    """Largest difference over the largest value of the reference."""
    if ours.shape != theirs.shape:
        raise ValueError(f'{name}: shape {tuple(ours.shape)} here, '
                         f'{tuple(theirs.shape)} in the case')
    scale = theirs.abs().max().clamp(min=1e-12)
    difference = ((ours - theirs).abs().max() / scale).item()
    return name, difference, name.startswith('grad')


def check_gradients(model: nn.Module, data: Dict[str, Tensor],
                    rules: list) -> Iterator[Row]:
    """Compare the gradients a case holds, and their norm."""
    params = dict(model.named_parameters())
    for published, theirs in below(data, 'grad/').items():
        (name, ), _ = rename({published: theirs}, rules)
        ours = params[name].grad.reshape(theirs.shape)
        yield compare(f'grad/{published}', ours, theirs)
    if 'grad_norm' in data:
        grads = [p.grad for p in params.values() if p.grad is not None]
        norm = torch.stack([g.norm() for g in grads]).norm()
        yield compare('grad_norm', norm, data['grad_norm'])


def check_pretrain(case: dict, data: Dict[str, Tensor]) -> Iterator[Row]:
    """Compare teachers' features, predictions, losses and gradients."""
    model = MODELS.build(pretrain_cfg(case))
    rules = RULES['mvd_pretrain_whole']
    student, _ = rename(below(data, 'student/'), rules)
    load_strictly(model, student, source='student')
    for name, branch in model.branches.items():
        weights = encoder_state_dict(below(data, f'{name}_teacher/'))
        load_strictly(branch['teacher'].vit, weights, source=name)
    inputs = dict(
        imgs=data['video'],
        imgs_image_teacher=data.get('video_for_image_teacher'),
        mask=data['mask'])
    with torch.no_grad():
        results = model.eval().predict(inputs)
    for name, result in results.items():
        yield compare(f'{name}_teacher_features', result['feats'],
                      data[f'{name}_teacher_features'])
        yield compare(f'student_{name}_pred', result['pred'],
                      data[f'student_{name}_pred'])
        # a case holds each loss before its weight, their sum after
        loss = model.branches[name]['head'].loss_module.distance(
            result['pred'], result['target'])
        yield compare(f'loss_{name}', loss, data[f'loss_{name}'])
    losses = model.train()(inputs, mode='loss')
    total = sum(losses.values())
    yield compare('loss', total.detach(), data['loss'])
    total.backward()
    yield from check_gradients(model, data, rules)


def check_finetune(case: dict, data: Dict[str, Tensor]) -> Iterator[Row]:
    """Compare feature, logits, loss and gradients of a classifier."""
    sizes = {
        k: case[k]
        for k in ('embed_dims', 'depth', 'num_heads', 'init_values')
    }
    model = MODELS.build(
        dict(
            type='mmaction.Recognizer3D',
            backbone=dict(
                type='mvd_mm.MVDVisionTransformer',
                **backbone_cfg(case, **sizes)),
            cls_head=dict(
                type='mmaction.TimeSformerHead',
                num_classes=case['num_classes'],
                in_channels=case['embed_dims'])))
    rules = RULES['vit_finetune_whole']
    weights, _ = rename(below(data, 'model/'), rules)
    load_strictly(model, weights, source='model')
    feature = model.backbone(data['video'])
    logits = model.cls_head(feature)
    loss = model.cls_head.loss_cls(logits, data['soft_target'])
    for name, ours in dict(feature=feature, logits=logits, loss=loss).items():
        yield compare(name, ours.detach(), data[name])
    loss.backward()
    yield from check_gradients(model, data, rules)


CHECKS = dict(pretrain=check_pretrain, finetune=check_finetune)


def check_case(path: Path) -> Iterator[Row]:
    """Build, load and compare one case."""
    case, data = read_case(path)
    if case.get('kind') not in CHECKS:
        raise ValueError(f"{path.with_suffix('.json')}: `kind` must be one of "
                         f"{sorted(CHECKS)}, got {case.get('kind')!r}")
    with DefaultScope.overwrite_default_scope('mmaction'):
        yield from CHECKS[case['kind']](case, data)


def main() -> int:
    args = parse_args()
    failed = 0
    for path in args.cases:
        print(f'{path.stem}')
        for name, difference, is_gradient in check_case(path):
            limit = (
                args.gradient_tolerance if is_gradient else args.tolerance)
            # written so that NaN fails
            good = difference <= limit
            failed += not good
            print(f'  {name:<48} {difference:9.2e}  '
                  f'{"ok" if good else "FAILED"}')
    print(f'{failed} differences past the tolerance'
          if failed else f'all within {args.tolerance:g} (gradients '
          f'{args.gradient_tolerance:g})')
    return int(failed > 0)


if __name__ == '__main__':
    sys.exit(main())
