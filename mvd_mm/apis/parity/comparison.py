"""One case against this implementation: build, load, run, compare."""
from pathlib import Path
from typing import Dict, Iterator, List, Tuple

import torch
from mmengine.registry import MODELS, DefaultScope
from torch import Tensor, nn

from mvd_mm.checkpoints import (RULES, Rule, encoder_state_dict, fit_whole,
                                load_strictly, rename)
from .case import Case, read_case
from .configs import finetune_cfg, pretrain_cfg, stage1_cfg

__all__ = [
    'Row', 'compare', 'check_gradients', 'check_pretrain', 'check_finetune',
    'check_stage1', 'check_case'
]

Row = Tuple[str, float, bool]  # name, relative difference, is a gradient


def compare(name: str, ours: Tensor, theirs: Tensor) -> Row:
    """Largest difference, relative to the largest value of the reference.

    Args:
        name (str): Of the row.
        ours (Tensor): Of any shape.
        theirs (Tensor): Of the same shape.

    Returns:
        Row: With the difference.

    Raises:
        ValueError: If the shapes differ.
    """
    if ours.shape != theirs.shape:
        raise ValueError(f'{name}: shape {tuple(ours.shape)} here, '
                         f'{tuple(theirs.shape)} in the case')
    scale = theirs.abs().max().clamp(min=1e-12)
    difference = ((ours - theirs).abs().max() / scale).item()
    return name, difference, name.startswith('grad')


def check_gradients(model: nn.Module, case: Case,
                    rules: List[Rule]) -> Iterator[Row]:
    """Compare the gradients a case holds, and their norm."""
    grads = {
        name: torch.zeros_like(param) if param.grad is None else param.grad
        for name, param in model.named_parameters() if param.requires_grad
    }
    for published, theirs in case.below('grad/').items():
        (name, ), _ = rename({published: theirs}, rules)
        if name not in grads:
            raise ValueError(f'grad/{published}: the model has no parameter '
                             f'{name!r} that learns')
        # MAE stores some weights in another shape than this project
        ours = grads[name]
        if ours.numel() == theirs.numel():
            ours = ours.reshape(theirs.shape)
        yield compare(f'grad/{published}', ours, theirs)
    if 'grad_norm' in case.arrays:
        norm = torch.stack([g.norm() for g in grads.values()]).norm()
        yield compare('grad_norm', norm, case.arrays['grad_norm'])


def check_pretrain(case: Case) -> Iterator[Row]:
    """Compare teachers' features, predictions, losses and gradients."""
    model, data = MODELS.build(pretrain_cfg(case.options)), case.arrays
    rules = RULES['mvd_pretrain']
    student, _ = rename(case.below('student/'), rules)
    load_strictly(model, student, source='student')
    for name, branch in model.branches.items():
        weights = encoder_state_dict(case.below(f'{name}_teacher/'))
        # the targets are taken before the closing norm
        load_strictly(branch['teacher'].vit, weights, ('norm.', ), name)
    inputs = dict(
        imgs=data['video'],
        imgs_image_teacher=data.get('video_for_image_teacher', data['video']),
        mask=data['mask'])
    with torch.no_grad():
        results = model.eval().predict(inputs)
    for name, result in results.items():
        yield compare(f'{name}_teacher_features', result['feats'],
                      data[f'{name}_teacher_features'])
        yield compare(f'student_{name}_pred', result['pred'],
                      data[f'student_{name}_pred'])
        # a case holds each loss without its weight, and the weighted sum
        loss = model.branches[name]['head'].loss_module.distance(
            result['pred'], result['target'])
        yield compare(f'loss_{name}', loss, data[f'loss_{name}'])
    losses = model.train()(inputs, mode='loss')
    total = sum(losses.values())
    yield compare('loss', total.detach(), data['loss'])
    total.backward()
    yield from check_gradients(model, case, rules)


def check_finetune(case: Case) -> Iterator[Row]:
    """Compare feature, logits, loss and gradients of a classifier."""
    model, data = MODELS.build(finetune_cfg(case.options)), case.arrays
    rules = RULES['vit_finetune']
    weights, _ = rename(case.below('model/'), rules)
    load_strictly(model, weights, source='model')
    feature = model.backbone(data['video'])
    logits = model.cls_head(feature)
    loss = model.cls_head.loss_cls(logits, data['soft_target'])
    for name, ours in dict(feature=feature, logits=logits, loss=loss).items():
        yield compare(name, ours.detach(), data[name])
    loss.backward()
    yield from check_gradients(model, case, rules)


def check_stage1(case: Case) -> Iterator[Row]:
    """Compare predictions, targets, loss and gradients of MAE or VideoMAE."""
    model, data = MODELS.build(stage1_cfg(case.options)), case.arrays
    weights, _ = fit_whole(model, dict(model=case.below('model/')), 'model')
    model.load_state_dict(weights)
    inputs = dict(imgs=data['video'], mask=data['mask'])
    with torch.no_grad():
        results = model.eval()(inputs, mode='predict')
    for name, ours in results.items():
        yield compare(name, ours, data[name])
    loss = model.train()(inputs, mode='loss')['loss']
    yield compare('loss', loss.detach(), data['loss'])
    loss.backward()
    kind = {
        'mae_pretrain': 'mae'
    }.get(case.options['kind'], case.options['kind'])
    yield from check_gradients(model, case, RULES[kind])


CHECKS = dict(
    pretrain=check_pretrain,
    finetune=check_finetune,
    mae_pretrain=check_stage1,
    videomae_pretrain=check_stage1)


def check_case(path: Path, limits: Dict[bool, float]) -> int:
    """Build, load, compare and print one case.

    Args:
        path (Path): The npz.
        limits (dict[bool, float]): Tolerance of gradients (True) and of all
            other values (False).

    Returns:
        int: Number of faults.
    """
    print(path)
    failed = 0
    try:
        case = read_case(path)
        with DefaultScope.overwrite_default_scope('mmaction'):
            for name, difference, is_gradient in CHECKS[case.options['kind']](
                    case):
                # written so that NaN fails
                good = difference <= limits[is_gradient]
                failed += not good
                print(f'  {name:<48} {difference:9.2e}  '
                      f'{"ok" if good else "FAILED"}')
    # any error, such as one that an option of the wrong type causes in the
    # model, because the other cases are still to be compared
    except Exception as error:
        print(f'  FAILED, {type(error).__name__}: '
              f'{error.args[0] if error.args else error}')
        failed += 1
    return failed
