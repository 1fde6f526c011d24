"""What model a file's weights belong to, and which of them it lacks."""
import re
from typing import Dict, List, NamedTuple, Optional, Tuple, Union

import torch
from torch import Tensor

from mvd_mm.checkpoints.kinds import TABLE_OF_KIND, table_of
from mvd_mm.checkpoints.values import is_plain
from mvd_mm.models import MaskedTokenDecoder, MVDVisionTransformer

__all__ = ['Architecture', 'describe', 'find_gaps']

# width -> letter, depth, heads
_SIZES = {
    384: ('S', 12, 6),
    768: ('B', 12, 12),
    1024: ('L', 24, 16),
    1280: ('H', 32, 16)
}


class Architecture(NamedTuple):
    """Sizes of an encoder, as its weights tell them.

    Attributes:
        name (str): E.g. 'ViT-B/16', or 'ViT' for sizes of one's own.
        embed_dims (int): Width D.
        depth (int): Number of blocks; one past the largest number.
        patch_size (int): In pixels.
        tubelet_size (int): In frames.
        mlp_ratio (float): Width of the MLP over D.
        qkv_bias (bool or str): As in ``MVDVisionTransformer``.
        layer_scale (bool): Whether blocks have ``gamma_1``, ``gamma_2``.
        closing (str): 'norm' (on tokens), 'fc_norm' (on their mean) or
            'none'.
        table (str): Kind of the position table; 'none' without one.
        num_classes (int, optional): Of a classifier.
        decoders (dict[str, tuple[int, int, int]]): Width, depth and outputs
            of each decoder of pre-training.
    """

    name: str
    embed_dims: int
    depth: int
    patch_size: int
    tubelet_size: int
    mlp_ratio: float
    qkv_bias: Union[bool, str]
    layer_scale: bool
    closing: str
    table: str
    num_classes: Optional[int]
    decoders: Dict[str, Tuple[int, int, int]]


def describe(weights: Dict[str, Tensor]) -> Architecture:
    """Tell the sizes of a model.

    Args:
        weights (dict): Under this package's names of a whole model, see
            :func:`name_weights`.

    Raises:
        ValueError: If patch embedding or first block are missing.
    """
    for key, ndim in (('backbone.patch_embed.projection.weight', 5),
                      ('backbone.blocks.0.mlp.layers.0.0.weight', 2)):
        if key not in weights:
            raise ValueError(f'the checkpoint lacks {key!r}: there is no '
                             'telling what model it is of')
        shape = tuple(weights[key].shape)
        if len(shape) != ndim or 0 in shape:
            raise ValueError(f'{key!r} has shape {shape}, not {ndim} '
                             'dimensions: this is no such weight')
    patch = weights['backbone.patch_embed.projection.weight']
    dims, _, tubelet, side, _ = patch.shape
    hidden = weights['backbone.blocks.0.mlp.layers.0.0.weight'].shape[0]
    depth = _depth(weights, 'backbone.')
    known = _SIZES.get(dims)
    known = known if known and depth <= known[1] else None
    table = weights.get('backbone.pos_embed')
    head = weights.get('cls_head.fc_cls.weight',
                       weights.get('cls_head.fc_cls.bias'))
    closing = [
        n for n in ('norm', 'fc_norm') if any(
            k.startswith(f'backbone.{n}.') for k in weights)
    ]
    return Architecture(
        name=f'ViT-{known[0]}/{side}' if known else 'ViT',
        embed_dims=dims,
        depth=depth,
        patch_size=side,
        tubelet_size=tubelet,
        mlp_ratio=hidden / dims,
        # the first block may be the faulty one
        qkv_bias='full' if any('attn.qkv.bias' in k for k in weights) else any(
            k.endswith(('.q_bias', '.v_bias')) for k in weights),
        layer_scale=any('.gamma_' in k for k in weights),
        closing='+'.join(closing) or 'none',
        table='none' if table is None else table_of(table),
        num_classes=None if head is None else _first(head),
        decoders=_decoders(weights))


def _first(weight: Tensor) -> int:
    """Rows of a matrix; a number has none, which is found as a misfit."""
    return weight.shape[0] if weight.ndim else 0


def _width(weight: Optional[Tensor]) -> int:
    """Width of a decoder, by its mask token or else its projection."""
    if weight is None:
        return 0
    return weight.shape[-1] if weight.ndim == 3 else _first(weight)


def _depth(weights: Dict[str, Tensor], prefix: str) -> int:
    prefix += 'blocks.'
    numbers = set()
    for key in weights:
        if key.startswith(prefix):
            number = key[len(prefix):].split('.')[0]
            if not number.isdecimal() or len(number) > 4:
                raise ValueError(f'{key!r} is of no block that a model has: '
                                 f'{number!r} is no number of one')
            numbers.add(int(number))
    depth = max(numbers, default=-1) + 1
    if depth > 2 * len(numbers) + 1:
        raise ValueError(
            f'the blocks {prefix!r} run to number {depth - 1}, but only '
            f'{len(numbers)} are there, {sorted(numbers)[:5]} among them')
    return depth


def _decoders(weights: Dict[str, Tensor]) -> Dict[str, Tuple[int, int, int]]:
    decoders = {}
    for prefix in sorted({
            k.split('decoder.')[0] + 'decoder.'
            for k in weights if 'decoder.' in k
    }):
        proj = weights.get(f'{prefix}proj_in.weight')
        token = weights.get(f'{prefix}mask_token', proj)
        out = weights.get(f'{prefix}proj_out.weight')
        decoders[prefix] = (_width(token), _depth(weights, prefix),
                            0 if out is None else _first(out))
    return decoders


def find_gaps(weights: Dict[str, Tensor],
              kind: str,
              meta: object = None) -> List[str]:
    """Name every weight that a model of this kind lacks or has too many.

    The model that the weights seem to be of is built without memory and
    compared.

    Args:
        weights (dict): See :func:`describe`.
        kind (str): A key of ``KINDS``; published kinds all have biases on
            query and value.
        meta (dict, optional): What a run keeps beside its weights: an encoder
            as wide as a known one may have a depth that its config names.

    Returns:
        list[str]: Missing names, and 'NAME: file SHAPE, model SHAPE'.
    """
    model = describe(weights)
    published = kind not in ('ours', 'mmaction')
    bias = model.qkv_bias or (published and 'full'
                              if kind == 'mae' else published)
    depth = max(model.depth, _SIZES.get(model.embed_dims, (0, 0))[1])
    config = meta.get('cfg') if isinstance(meta, dict) else None
    if kind == 'ours' and re.search(rf'\bdepth={model.depth}\b', str(config)):
        depth = model.depth
    # a hair more: the width of the MLP is rounded down
    common = dict(
        num_heads=1, mlp_ratio=model.mlp_ratio * (1 + 1e-9), qkv_bias=bias)
    expected = {}
    with torch.device('meta'):
        vit = MVDVisionTransformer(
            img_size=model.patch_size,
            patch_size=model.patch_size,
            num_frames=model.tubelet_size,
            tubelet_size=model.tubelet_size,
            embed_dims=model.embed_dims,
            depth=depth,
            init_values=float(model.layer_scale),
            use_mean_pooling='fc_norm' in model.closing,
            with_cls_token='backbone.cls_token' in weights or kind == 'mae',
            pos_embed_type='sinusoid_1d',
            **common)
        expected.update({
            f'backbone.{k}': v.shape
            for k, v in vit.state_dict().items()
        })
        for prefix, (width, depth, out) in model.decoders.items():
            decoder = MaskedTokenDecoder(
                in_channels=model.embed_dims,
                out_channels=max(out, 1),
                grid_size=(1, 1, 1),
                embed_dims=max(width, 1),
                depth=depth,
                proj_bias=f'{prefix}proj_in.bias' in weights
                or not kind.startswith(('videomae', 'huggingface', 'ours')),
                init_values=float(
                    any(
                        k.startswith(prefix) and '.gamma_' in k
                        for k in weights)),
                pos_embed_type='sinusoid_1d',
                **common)
            expected.update({
                prefix + k: v.shape
                for k, v in decoder.state_dict().items()
            })
    if model.num_classes is not None:
        expected['cls_head.fc_cls.weight'] = (model.num_classes,
                                              model.embed_dims)
        expected['cls_head.fc_cls.bias'] = (model.num_classes, )
    if model.closing == 'norm+fc_norm':
        expected.update({
            f'backbone.norm.{p}': (model.embed_dims, )
            for p in ('weight', 'bias')
        })
    parts = ('backbone.', 'cls_head.fc_cls.', *model.decoders)
    gaps = [
        f'{key}: file {tuple(value.shape)}, model none'
        for key, value in weights.items() if key.startswith(parts)
        and key not in expected and not key.endswith('pos_embed')
    ]
    for key, shape in expected.items():
        if key.endswith('pos_embed'):
            continue  # fixed, and of any grid
        if key not in weights:
            gaps.append(key)
        elif weights[key].shape != tuple(shape):
            gaps.append(f'{key}: file {tuple(weights[key].shape)}, model '
                        f'{tuple(shape)}')
        elif not is_plain(weights[key]):
            gaps.append(f'{key}: file {weights[key].dtype} '
                        f'{weights[key].layout}, model dense floating point')
    return gaps + _wrong_tables(weights, kind)


def _wrong_tables(weights: Dict[str, Tensor], kind: str) -> List[str]:
    """Position tables that do not go with the weights of this kind."""
    faults = []
    for key in [k for k in weights if k.endswith('pos_embed')]:
        found, table = table_of(weights[key]), weights[key]
        if TABLE_OF_KIND.get(kind, found) != found != 'unknown':
            faults.append(f'{key}: file {found}, model {TABLE_OF_KIND[kind]}')
        elif not table.is_meta and not table.isfinite().all():
            faults.append(f'{key}: file holds NaN or infinity')
    return faults
