"""Which weights a file lacks, or has too many."""
import re
from typing import Any, Dict, List

import torch
from torch import Tensor, nn

from mvd_mm.checkpoints.kinds import TABLE_OF_KIND
from mvd_mm.checkpoints.strict import misfit
from mvd_mm.models import MaskedTokenDecoder, MVDVisionTransformer
from mvd_mm.positions import table_of
from .architecture import KNOWN_SIZES, describe
from .config_text import read_model_config

__all__ = ['find_gaps']

#: prefix of a part of the model -> arguments that shape its weights
Parts = Dict[str, Dict[str, Any]]
_CLASSIFIER = 'cls_head.fc_cls.'
# arguments of encoder and decoder that name or shape weights; those of tables
# do not matter, since tables are fixed and of any grid
_SHAPING = ('patch_size', 'tubelet_size', 'in_channels', 'out_channels',
            'embed_dims', 'depth', 'mlp_ratio', 'qkv_bias', 'init_values',
            'use_mean_pooling', 'with_cls_token', 'proj_bias')
_NO_MATTER = dict(num_heads=1, pos_embed_type='sinusoid_1d')


def find_gaps(weights: Dict[str, Tensor],
              kind: str,
              meta: object = None) -> List[str]:
    """Name every weight that a model of this kind lacks or has too many.

    The expected model is built without memory and compared. A checkpoint of a
    run keeps its config, which is read as data and says what model it is; of
    other files the shapes tell.

    Args:
        weights (dict): Under this package's names of a whole model.
        kind (str): A key of ``KINDS``.
        meta (dict, optional): What a run keeps beside its weights.

    Returns:
        list[str]: Missing names, and 'NAME: file SHAPE, model SHAPE'.

    Raises:
        ValueError: See :func:`describe`.
    """
    run = meta if kind in ('ours', 'mmaction') else None
    parts = _guessed(weights, kind, str(run))
    try:
        expected = _build({**parts, **_named(read_model_config(run))})
    except Exception:  # a config may say anything; then the shapes tell
        expected = _build(parts)
    gaps = [
        f'{key}: file {tuple(value.shape)}, model none'
        for key, value in weights.items()
        if key.startswith(tuple(parts)) and key not in expected
    ]
    gaps += [
        fault for fault in (
            misfit(key, weights[key], value) if key in weights else key
            for key, value in expected.items()) if fault
    ]
    faults = [gap for gap in gaps if 'pos_embed' not in gap]
    for key in [key for key in weights if key.endswith('pos_embed')]:
        found, table = table_of(weights[key]), weights[key]
        if TABLE_OF_KIND.get(kind, found) != found != 'unknown':
            faults.append(f'{key}: file {found}, model {TABLE_OF_KIND[kind]}')
        elif not table.is_meta and not table.isfinite().all():
            faults.append(f'{key}: file holds NaN or infinity')
    return faults


def _build(parts: Parts) -> Dict[str, Tensor]:
    """Weights of a model, without memory."""
    expected: Dict[str, Tensor] = {}
    for prefix, options in parts.items():
        module: nn.Module
        with torch.device('meta'):
            if prefix == _CLASSIFIER:
                module = nn.Linear(**options)
            elif prefix == 'backbone.':
                module = MVDVisionTransformer(
                    img_size=options.get('patch_size', 16),
                    num_frames=options.get('tubelet_size', 2),
                    **_NO_MATTER,
                    **options)
            else:
                module = MaskedTokenDecoder(
                    grid_size=(1, 1, 1), **_NO_MATTER, **options)
        expected.update(module.state_dict(prefix=prefix))
    return expected


def _named(model: dict) -> Parts:
    """The parts that a config names; fails on one that is not as expected."""
    modules = {'backbone.': model['backbone']}
    if 'decoder' in model:
        modules['decoder.'] = model['decoder']
    for name, branch in model.get('branches', {}).items():
        modules[f'branches.{name}.decoder.'] = branch['decoder']
    parts = {}
    for prefix, options in modules.items():
        if not options['type'].endswith(
            ('VisionTransformer', 'MaskedTokenDecoder')):
            continue
        parts[prefix] = {k: options[k] for k in _SHAPING if k in options}
        if options.get('depth', 0) > 99:
            raise ValueError('a model that takes minutes to build')
    head = model.get('cls_head', {})
    if head.get('type', '').endswith(('RecognitionHead', 'TimeSformerHead')):
        parts[_CLASSIFIER] = dict(
            in_features=head['in_channels'] * head.get('num_slices', 1),
            out_features=head['num_classes'])
    return parts


def _guessed(weights: Dict[str, Tensor], kind: str, meta: str) -> Parts:
    """The parts that the shapes tell of."""
    model, depth = describe(weights), describe(weights).depth
    # an encoder as wide as a known one may lack its last blocks, unless a
    # config says that it was meant to have fewer
    if not re.search(rf'\bdepth={depth}\b', meta):
        depth = max(depth, KNOWN_SIZES.get(model.embed_dims, ('', 0))[1])
    common: Dict[str, Any] = dict(
        # a hair more: the width of the MLP is rounded down
        mlp_ratio=model.mlp_ratio * (1 + 1e-9),
        # published files have biases on query and value; MAE on all three
        qkv_bias=model.qkv_bias
        or ('full' if kind == 'mae' else kind not in ('ours', 'mmaction')))
    closings = model.closing.split('+')
    parts: Parts = {
        'backbone.':
        dict(
            common,
            patch_size=model.patch_size,
            tubelet_size=model.tubelet_size,
            embed_dims=model.embed_dims,
            depth=depth,
            init_values=float(model.layer_scale),
            use_mean_pooling='fc_norm' in closings,
            with_cls_token='backbone.cls_token' in weights or kind == 'mae')
    }
    for prefix, (width, depth, out) in model.decoders.items():
        parts[prefix] = dict(
            common,
            in_channels=model.embed_dims,
            out_channels=max(out, 1),
            embed_dims=max(width, 1),
            depth=depth,
            proj_bias=f'{prefix}proj_in.bias' in weights
            or kind in ('mvd_pretrain', 'mae', 'mmaction'),
            init_values=float(
                any(k.startswith(prefix) and '.gamma_' in k for k in weights)))
    if model.num_classes is not None:
        parts[_CLASSIFIER] = dict(
            in_features=model.embed_dims, out_features=model.num_classes)
    return parts
