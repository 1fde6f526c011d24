"""A run in words: what is trained from what on what."""
from typing import Any, List, Optional

import torch
from torch import nn

from .gradient_norm import shard_group, whole_model

__all__ = ['describe_run']


def describe_run(runner) -> List[str]:
    """Say what a run trains, where its weights come from, on which data.

    Args:
        runner (Runner): Its loops are built; its weights may not be loaded.

    Returns:
        list[str]: One sentence each for the model, its teachers, its data.
    """
    trained = _trained(runner.model)
    model = whole_model(runner.model)
    start = runner._load_from
    if runner._resume:
        origin = 'resumed from ' + (
            start or f'the latest checkpoint in {runner.work_dir}')
    elif start:
        origin = f'weights from {start}'
    else:
        origin = _origin(model)
    backbone = getattr(model, 'backbone', None)
    lines = [
        f'training {type(model).__name__}: {_network(backbone)}'
        f'{_classes(model)}, {trained / 1e6:.1f} M parameters learn; {origin}'
    ]
    teachers = {
        f'{name} ': branch['teacher']
        for name, branch in getattr(model, 'branches', {}).items()
    }
    if hasattr(model, 'teacher'):  # AMD's only one
        teachers[''] = model.teacher
    for name, teacher in teachers.items():
        lines.append(
            f'{name}teacher {type(teacher).__name__}: '
            f'{_network(getattr(teacher, "vit", None))}, frozen; weights from '
            f'{getattr(teacher, "checkpoint", None) or "no file: random"}')
    data = 'on ' + _data(runner.train_dataloader.dataset)
    validation = getattr(runner.val_loop, 'dataloader', None)
    if validation is not None:
        data += '; validated on ' + _data(validation.dataset)
    return [*lines, data]


def _trained(model: nn.Module) -> int:
    """Number of weights that learn, over all processes."""
    number = sum(p.numel() for p in model.parameters() if p.requires_grad)
    spread, group = shard_group(model)
    if spread:
        total = torch.tensor(number, device=next(model.parameters()).device)
        torch.distributed.all_reduce(total, group=group)
        number = int(total)
    return number


def _network(vit: Optional[nn.Module]) -> str:
    """Sizes of a network, as far as it has those of ours."""
    if vit is None:
        return 'without a backbone'
    name = type(vit).__name__
    if not all(
            hasattr(vit, key)
            for key in ('grid_size', 'patch_size', 'blocks', 'embed_dims')):
        return name
    sizes: Any = vit
    frames, height, width = sizes.grid_size
    side, tubelet = sizes.patch_size, getattr(vit, 'tubelet_size', 1)
    return (f'{name} of {len(sizes.blocks)} blocks, {sizes.embed_dims} wide, '
            f'for {frames * tubelet} frames of {width * side} x '
            f'{height * side} pixels')


def _classes(model: nn.Module) -> str:
    number = getattr(getattr(model, 'cls_head', None), 'num_classes', None)
    return '' if number is None else f', {number} classes'


def _origin(model: nn.Module) -> str:
    backbone = getattr(model, 'backbone', None)
    files = [f for f in getattr(backbone, '_pretrained', []) if f]
    if files:
        return f'the backbone starts from {files[-1]}'
    entries = getattr(backbone, 'init_cfg', None) or []
    for entry in [entries] if isinstance(entries, dict) else entries:
        if entry.get('type') == 'Pretrained':
            return f'the backbone starts from {entry["checkpoint"]}'
    return 'from scratch'


def _data(dataset) -> str:
    """Number of samples and, where there is one, the file that lists them."""
    inner = dataset
    while hasattr(inner, 'dataset'):
        inner = inner.dataset
    text = f'{len(inner)} samples'
    if len(inner) != len(dataset):
        text += f' ({len(dataset)} per epoch)'
    source = getattr(inner, 'ann_file', None)
    return f'{text} of {source}' if source else text
