"""What model the weights of a file belong to, by their shapes."""
from typing import Dict, NamedTuple, Optional, Tuple, Union

from torch import Tensor

from mvd_mm.checkpoints import table_of

__all__ = ['Architecture', 'KNOWN_SIZES', 'describe']

#: width -> letter, depth
KNOWN_SIZES = {
    384: ('S', 12),
    768: ('B', 12),
    1024: ('L', 24),
    1280: ('H', 32)
}
_PATCH = 'backbone.patch_embed.projection.weight'
_MLP = 'backbone.blocks.0.mlp.layers.0.0.weight'


class Architecture(NamedTuple):
    """Sizes of a model, as its weights tell them.

    Args:
        name (str): E.g. 'ViT-B/16', or 'ViT' for other sizes.
        embed_dims (int): Width D.
        depth (int): Number of blocks, one past the largest number.
        patch_size (int): Side of a patch, in pixels.
        tubelet_size (int): Frames in a tubelet.
        mlp_ratio (float): Width of the MLP over D.
        qkv_bias (bool or str): As in ``MVDVisionTransformer``.
        layer_scale (bool): Whether blocks have ``gamma_1`` and ``gamma_2``.
        closing (str): 'norm' (of tokens), 'fc_norm' (of their mean), both with
            '+', or 'none'.
        table (str): Kind of the position table; 'none' without one.
        num_classes (int, optional): Of a classifier.
        decoders (dict[str, tuple[int, int, int]]): Width, depth and outputs of
            each, by name.
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
    """Tell the sizes of a model from weights under this package's names.

    Args:
        weights (dict): Weights by this package's names.

    Returns:
        Architecture: The sizes.

    Raises:
        ValueError: If patch embedding or first block are missing, or the
            numbers of blocks are none.
    """
    for key, ndim in ((_PATCH, 5), (_MLP, 2)):
        if key not in weights:
            raise ValueError(f'the checkpoint lacks {key!r}: it cannot be '
                             'told which model it is of')
        shape = tuple(weights[key].shape)
        if len(shape) != ndim or 0 in shape:
            raise ValueError(f'{key!r} has shape {shape}, not {ndim} '
                             'dimensions')
    dims, _, tubelet, side, _ = weights[_PATCH].shape
    depth = _depth(weights, 'backbone.')
    letter, known_depth = KNOWN_SIZES.get(dims, ('', 0))
    table = weights.get('backbone.pos_embed')
    closing = [
        norm for norm in ('norm', 'fc_norm') if any(
            k.startswith(f'backbone.{norm}.') for k in weights)
    ]
    classes = [
        _size(weights, f'cls_head.fc_cls.{p}') for p in ('weight', 'bias')
        if f'cls_head.fc_cls.{p}' in weights
    ]
    return Architecture(
        name=f'ViT-{letter}/{side}' if depth <= known_depth else 'ViT',
        embed_dims=dims,
        depth=depth,
        patch_size=side,
        tubelet_size=tubelet,
        mlp_ratio=weights[_MLP].shape[0] / dims,
        # the first block may be the faulty one
        qkv_bias='full' if any('attn.qkv.bias' in k for k in weights) else any(
            k.endswith(('.q_bias', '.v_bias')) for k in weights),
        layer_scale=any('.gamma_' in k for k in weights),
        closing='+'.join(closing) or 'none',
        table='none' if table is None else table_of(table),
        num_classes=classes[0] if classes else None,
        decoders={
            prefix: (_size(weights, f'{prefix}mask_token', -1)
                     or _size(weights, f'{prefix}proj_in.weight'),
                     _depth(weights,
                            prefix), _size(weights,
                                           f'{prefix}proj_out.weight'))
            for prefix in sorted({
                k[:k.index('decoder.') + len('decoder.')]
                for k in weights if 'decoder.' in k
            })
        })


def _size(weights: Dict[str, Tensor], key: str, axis: int = 0) -> int:
    """Length of an axis; 0 of a weight that is missing or a single number."""
    weight = weights.get(key)
    return weight.shape[axis] if weight is not None and weight.ndim else 0


def _depth(weights: Dict[str, Tensor], prefix: str) -> int:
    prefix += 'blocks.'
    numbers = set()
    for key in [k for k in weights if k.startswith(prefix)]:
        number = key[len(prefix):].split('.')[0]
        if not number.isdecimal() or len(number) > 4:
            raise ValueError(f'{key!r} is of no block that a model has: '
                             f'{number!r} is not the number of one')
        numbers.add(int(number))
    depth = max(numbers, default=-1) + 1
    if depth > 2 * len(numbers) + 1:
        raise ValueError(
            f'the blocks {prefix!r} run to number {depth - 1}, but only '
            f'{len(numbers)} are there, {sorted(numbers)[:5]} among them')
    return depth
