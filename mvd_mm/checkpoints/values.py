"""What is stored in another form: there and back is bit-identical."""
from typing import Dict

import torch
from torch import Tensor

__all__ = ['from_ours', 'is_plain', 'to_ours']

_QKV = ('query', 'key', 'value')
_PATCH = 'patch_embed.proj.weight'
_DECODER = 'decoder_pos_embed'


def to_ours(weights: Dict[str, Tensor], kind: str) -> Dict[str, Tensor]:
    """Bring values into this package's form, names untouched.

    - Hugging Face: query, key and value joined to one matrix (3 * D, D).
    - MAE: a patch embedding (D, 3, p, p) as one frame, (D, 3, 1, p, p); the
      decoder's table without the class token's row of zeros.

    Raises:
        KeyError: If query, key and value are not complete.
        ValueError: If the class token of MAE's decoder has a position.
    """
    weights = dict(weights)
    if kind == 'huggingface':
        for query in [key for key in weights if key.endswith('query.weight')]:
            names = [query.replace('query', part) for part in _QKV]
            lacking = [name for name in names if name not in weights]
            if lacking:
                raise KeyError(f'the file lacks {lacking}')
            weights[query.replace('query', 'qkv')] = torch.cat(
                [weights.pop(name) for name in names])
    if kind == 'mae' and _PATCH in weights:
        weights[_PATCH] = weights[_PATCH].unsqueeze(2)
    if kind == 'mae' and _DECODER in weights:
        table = weights[_DECODER]
        if not table.is_meta and table[:, 0].any():
            raise ValueError(f'{_DECODER!r} has a position for the class '
                             "token, unlike MAE's files")
        weights[_DECODER] = table[:, 1:]
    return weights


def from_ours(weights: Dict[str, Tensor], kind: str) -> Dict[str, Tensor]:
    """Undo :func:`to_ours`, after the names have been changed.

    Raises:
        ValueError: If an MAE file is asked for but the model is no MAE.
    """
    weights = dict(weights)
    if kind == 'huggingface':
        for key in [k for k in weights if k.endswith('attention.qkv.weight')]:
            for part, value in zip(_QKV, weights.pop(key).chunk(3)):
                weights[key.replace('qkv', part)] = value
    if kind == 'mae':
        patch = weights.get(_PATCH)
        if patch is None or patch.shape[2] != 1 or 'cls_token' not in weights:
            raise ValueError('`kind` mae holds encoders of single frames with '
                             'a class token; this is one of clips')
        weights[_PATCH] = patch.squeeze(2)
        if _DECODER in weights:
            table = weights[_DECODER]
            weights[_DECODER] = torch.cat(
                [torch.zeros_like(table[:, :1]), table], dim=1)
    return weights


def is_plain(value: Tensor) -> bool:
    """Whether this is a weight like any other: dense and of real numbers.

    Copying anything else may fail half-way through a model.
    """
    return (value.layout == torch.strided and not value.is_quantized
            and value.is_floating_point())
