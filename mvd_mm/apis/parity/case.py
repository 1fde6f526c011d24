"""A case: sizes and options from its JSON, arrays from its npz."""
import json
import zipfile
from difflib import get_close_matches
from pathlib import Path
from typing import Dict, Iterable, NamedTuple

import numpy as np
import torch
from torch import Tensor

__all__ = ['Case', 'read_case']

_NETWORK = {'embed_dims', 'depth', 'num_heads'}
# of any network, with a meaning that every ViT gives them
_NETWORK_OPTIONS = {'mlp_ratio', 'qkv_bias', 'init_values'}
_CLIP = {'kind', 'img_size', 'patch_size', 'num_frames', 'tubelet_size'}
_BRANCHES = ('image', 'video')
_TEACHERS = {f'{name}_teacher' for name in _BRANCHES}
# the last two say in words what the numbers are
_STAGE1 = (_CLIP | {'encoder', 'decoder', 'norm_target'},
           _NETWORK_OPTIONS | {'mask_ratio', 'note', 'target_space'})
# kind -> keys that a JSON must have, and may have
_KEYS = {
    'finetune': (_CLIP | _NETWORK | {'num_classes'}, _NETWORK_OPTIONS),
    'pretrain': (_CLIP | {'student', 'decoder', 'loss_type', 'loss_weight'},
                 _TEACHERS | _NETWORK_OPTIONS | {
                     'image_teacher_img_size', 'image_teacher_patch_size',
                     'mask_ratio', 'norm_feature', 'one_frame_per_tubelet'
                 }),
    'mae_pretrain':
    _STAGE1,
    'videomae_pretrain':
    _STAGE1,
}
_PIXELS = ({'video', 'mask', 'pred', 'target', 'loss'}, {'grad_norm'})
# kind -> arrays that an npz must have, and may have
_ARRAYS = {
    'finetune': ({'video', 'feature', 'logits', 'soft_target',
                  'loss'}, {'grad_norm'}),
    'pretrain': ({'video', 'mask',
                  'loss'}, {'video_for_image_teacher', 'grad_norm'}),
    'mae_pretrain':
    _PIXELS,
    'videomae_pretrain':
    _PIXELS,
}
_OUTPUTS = ('{}_teacher_features', 'student_{}_pred', 'loss_{}')


class Case(NamedTuple):
    """One case.

    Args:
        options (dict): Of the JSON.
        arrays (dict[str, Tensor]): Of the npz, by name: weights, inputs,
            results; numbers as float32, the mask as bool.
    """

    options: dict
    arrays: Dict[str, Tensor]

    def below(self, prefix: str) -> Dict[str, Tensor]:
        """The arrays whose name starts with a prefix, without it.

        Args:
            prefix (str): E.g. ``'model/'``.

        Returns:
            dict[str, Tensor]: Weights or other arrays, by the rest of their
            names.
        """
        return {
            k[len(prefix):]: v
            for k, v in self.arrays.items() if k.startswith(prefix)
        }


def read_case(path: Path) -> Case:
    """Read a case; float16 arrays hold exact values.

    Args:
        path (Path): The npz; its json lies beside it.

    Returns:
        Case: Options and arrays.

    Raises:
        FileNotFoundError: If one of its two files does not exist.
        ValueError: If one cannot be read, or has an unknown name in it:
            nothing is ignored.
    """
    file = path.with_suffix('.json')
    for each in (path, file):
        if not each.is_file():
            raise FileNotFoundError(
                f'{str(each)!r} does not exist: a case is NAME.npz with '
                'NAME.json beside it')
    try:
        options = json.loads(file.read_text())
    except ValueError as error:
        raise ValueError(f'{str(file)!r} is not JSON: {error}') from error
    kind = options.get('kind') if isinstance(options, dict) else None
    if kind not in _KEYS:
        raise ValueError(f'{str(file)!r}: `kind` must be one of '
                         f'{sorted(_KEYS)}, got {kind!r}')
    options = {k: v for k, v in options.items() if v is not None}
    _check(str(file), 'option', options, *_KEYS[kind])
    needed, more = _ARRAYS[kind]
    roots = {'model'}
    if kind == 'pretrain':
        roots = _check_pretrain(str(file), options)
        needed = needed | {
            output.format(root.split('_')[0])
            for root in roots - {'student'}
            for output in _OUTPUTS
        }
    elif kind != 'finetune':
        for part in ('encoder', 'decoder'):
            _check(
                str(file), f'option of `{part}`', options[part], _NETWORK,
                _NETWORK_OPTIONS)
    arrays = _read_arrays(path)
    _check(
        str(path), 'array', {k
                             for k in arrays if '/' not in k}, needed, more)
    _check(
        str(path), 'group of arrays',
        {k.split('/')[0]
         for k in arrays if '/' in k}, roots, {'grad'})
    return Case(options, arrays)


def _check_pretrain(file: str, options: dict) -> set:
    """Check the nested options; the groups of weights that go with them."""
    teachers = {k for k in _TEACHERS if k in options}
    if not teachers:
        raise ValueError(f'{file!r} names no teacher: {sorted(_TEACHERS)}')
    for part in sorted({'student', 'decoder'} | teachers):
        _check(file, f'option of `{part}`', options[part], _NETWORK,
               _NETWORK_OPTIONS)
    for part in ('loss_type', 'loss_weight'):
        _check(file, f'branch in `{part}`', options[part],
               {k.split('_')[0]
                for k in teachers}, set(_BRANCHES))
    return {'student'} | teachers


def _check(file: str, what: str, found: Iterable[str], needed: set,
           more: set) -> None:
    """Refuse what is unknown or missing."""
    for key in sorted(set(found) - needed - more):
        close = get_close_matches(key, needed | more, 1)
        hint = f', did you mean {close[0]!r}?' if close else '.'
        raise ValueError(f'{file!r} has an unknown {what} {key!r}{hint} '
                         f'Known: {sorted(needed | more)}')
    for key in sorted(needed - set(found)):
        raise ValueError(f'{file!r} lacks the {what} {key!r}')


def _read_arrays(path: Path) -> Dict[str, Tensor]:
    try:
        with np.load(path) as file:  # objects are refused: pickles run code
            arrays = {k: torch.from_numpy(file[k]) for k in file.files}
    except (ValueError, TypeError, OSError, EOFError, AttributeError,
            zipfile.BadZipFile) as error:
        raise ValueError(
            f'{str(path)!r} is not an npz of numbers: {error}') from error
    return {
        k: v.bool() if k == 'mask' else v.float()
        for k, v in arrays.items()
    }
