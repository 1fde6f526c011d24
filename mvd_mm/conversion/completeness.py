"""Which weights a file lacks, or has too many."""
import re
from functools import partial
from typing import Any, Callable, Dict, List, Optional

import torch
from torch import Tensor, nn

from mvd_mm.checkpoints.kinds import TABLE_OF_KIND
from mvd_mm.checkpoints.strict import misfit
from mvd_mm.models import (FeatureGenerator, MaskedTokenDecoder,
                           MVDVisionTransformer)
from mvd_mm.positions import table_fault
from mvd_mm.utils.config_text import read_literal
from .architecture import KNOWN_SIZES, describe

__all__ = ['find_gaps']

#: prefix of a part of the model -> what builds it
Parts = Dict[str, Callable[[], nn.Module]]
_CLASSIFIER = 'cls_head.fc_cls.'
# what a config may build, since a registry would import any `type`
_MODULES = {
    'MVDVisionTransformer': MVDVisionTransformer,
    'VisionTransformer': MVDVisionTransformer,
    'MaskedTokenDecoder': MaskedTokenDecoder,
    'FeatureGenerator': FeatureGenerator,
}
# arguments that name or shape weights
_SHAPING = ('patch_size', 'tubelet_size', 'in_channels', 'out_channels',
            'embed_dims', 'depth', 'mlp_ratio', 'qkv_bias', 'init_values',
            'use_mean_pooling', 'with_cls_token', 'proj_bias')


def find_gaps(weights: Dict[str, Tensor],
              kind: str,
              meta: object = None) -> List[str]:
    """Name every weight that a model of this kind lacks or has too many.

    The expected model is built without memory and compared. A checkpoint of a
    run keeps its config, which is read as data and says what model it is; of
    other files the shapes tell. Position tables may be of any grid.

    Args:
        weights (dict): Weights under this package's names of a whole model.
        kind (str): A key of ``KINDS``.
        meta (dict, optional): What a run keeps beside its weights.

    Returns:
        list[str]: Missing names, and 'NAME: file SHAPE, model SHAPE'.
    """
    config = ''
    if isinstance(meta, dict) and kind in ('ours', 'mmaction'):
        config = str(meta.get('cfg'))
    parts = _guessed(weights, kind, config)
    try:
        expected = _build({**parts, **_named(config)})
    except Exception:  # a config may say anything; then the shapes tell
        expected = _build(parts)
    faults: List[Optional[str]] = [
        key for key in expected
        if key not in weights and not key.endswith('pos_embed')
    ]
    for key, value in weights.items():
        if key.endswith('pos_embed'):
            faults.append(table_fault(key, value, TABLE_OF_KIND.get(kind)))
        elif key in expected:
            faults.append(misfit(key, value, expected[key]))
        elif key.startswith(tuple(parts)):
            faults.append(f'{key}: file {tuple(value.shape)}, model none')
    return [fault for fault in faults if fault is not None]


def _build(parts: Parts) -> Dict[str, Tensor]:
    """Weights of a model, without memory."""
    expected: Dict[str, Tensor] = {}
    with torch.device('meta'):
        for prefix, build in parts.items():
            expected.update(build().state_dict(prefix=prefix))
    return expected


def _part(name: str, options: Dict[str, Any]) -> Callable[[], nn.Module]:
    """A network on the smallest grid: tables are not compared."""
    shaping = {
        key: options[key]
        for key in _SHAPING if key in options and (
            key == 'qkv_bias' or isinstance(options[key], (int, float)))
    }
    grid = dict(
        img_size=shaping.get('patch_size', 16),
        num_frames=shaping.get('tubelet_size', 2))
    if not name.endswith('VisionTransformer'):
        grid = dict(grid_size=(1, 1, 1))
    fixed = dict(num_heads=1, pos_embed_type='sinusoid_1d')
    return partial(_MODULES[name], **grid, **fixed, **shaping)


def _named(config: str) -> Parts:
    """The parts that a config names; fails where it is not as expected."""
    model: Any = read_literal(config, 'model')
    modules = {
        f'branches.{name}.decoder.': branch['decoder']
        for name, branch in model.get('branches', {}).items()
    }
    for name in {'backbone', 'decoder'} & model.keys():
        modules[f'{name}.'] = model[name]
    parts: Parts = {}
    for number in range(len(model.get('student_layers', ()))):  # AMD's
        modules[f'generators.{number}.'] = model['generator']
        parts[f'projections.{number}.'] = partial(
            nn.Linear,
            model['backbone']['embed_dims'],
            model['generator']['embed_dims'],
            bias=False)
    for prefix, options in modules.items():
        if options.get('depth', 0) > 99:
            raise ValueError('it would take minutes to build')
        parts[prefix] = _part(options['type'].split('.')[-1], options)
    head = model.get('cls_head', {})
    if head.get('type', '').endswith(('RecognitionHead', 'TimeSformerHead')):
        width = int(head['in_channels']) * int(head.get('num_slices', 1))
        parts[_CLASSIFIER] = partial(nn.Linear, width, head['num_classes'])
    return parts


def _guessed(weights: Dict[str, Tensor], kind: str, config: str) -> Parts:
    """The parts that the shapes tell of."""
    model = describe(weights)
    depth = model.depth
    # an encoder as wide as a known one may lack its last blocks, unless a
    # config says that it was meant to have fewer
    if not re.search(rf'\bdepth={depth}\b', config):
        depth = max(depth, KNOWN_SIZES.get(model.embed_dims, ('', 0))[1])
    # published files have biases on query and value; MAE on all three
    published = 'full' if kind == 'mae' else kind not in ('ours', 'mmaction')
    common: Dict[str, Any] = dict(
        # a hair more: the width of the MLP is rounded down
        mlp_ratio=model.mlp_ratio * (1 + 1e-9),
        qkv_bias=model.qkv_bias or published)
    encoder = dict(
        common,
        patch_size=model.patch_size,
        tubelet_size=model.tubelet_size,
        embed_dims=model.embed_dims,
        depth=depth,
        init_values=float(model.layer_scale),
        use_mean_pooling='fc_norm' in model.closing,
        with_cls_token='backbone.cls_token' in weights or kind == 'mae')
    parts = {'backbone.': _part('MVDVisionTransformer', encoder)}
    if model.closing == 'norm+fc_norm':
        parts['backbone.norm.'] = partial(nn.LayerNorm, model.embed_dims)
    for prefix, (width, depth, out) in model.decoders.items():
        scaled = any(k.startswith(prefix) and '.gamma_' in k for k in weights)
        decoder = dict(
            common,
            in_channels=model.embed_dims,
            out_channels=max(out, 1),
            embed_dims=max(width, 1),
            depth=depth,
            init_values=float(scaled),
            proj_bias=f'{prefix}proj_in.bias' in weights
            or kind in ('mvd_pretrain', 'mae', 'mmaction'))
        parts[prefix] = _part('MaskedTokenDecoder', decoder)
    if model.num_classes is not None:
        parts[_CLASSIFIER] = partial(nn.Linear, model.embed_dims,
                                     model.num_classes)
    return parts
