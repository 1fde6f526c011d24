"""Reading weights from a file, safely, and telling what they are."""
from pathlib import Path
from typing import Dict

import torch
from torch import Tensor

__all__ = ['read_state_dict', 'unwrap', 'detect_kind']


def read_state_dict(path: str) -> Dict[str, Tensor]:
    """Read the weights of a checkpoint, whatever they are wrapped in.

    Args:
        path (str): ``.pth``, ``.pt`` or ``.safetensors``; nothing in it is
            executed.

    Returns:
        dict: Weights by name, on the CPU.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is not a checkpoint, is damaged, or asks for a
            class that is not trusted.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f'`checkpoint` does not exist: {str(path)!r}')
    try:
        if str(path).endswith('.safetensors'):
            from safetensors.torch import load_file
            content = load_file(path)
        else:
            content = torch.load(path, map_location='cpu', weights_only=True)
    # damage shows as nearly anything: struct.error, OSError, IndexError ...
    except Exception as error:
        raise ValueError(
            f'`checkpoint` {str(path)!r} cannot be read as weights: it is '
            'damaged, no checkpoint, or asks for classes that are not '
            f'trusted ({_reason(error)})') from error
    return unwrap(content, str(path))


def _reason(error: Exception) -> str:
    """The line of torch's long message that says what is wrong."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    named = [line for line in lines if 'global' in line.lower()]
    return (named or lines)[0].strip()[:200]


def unwrap(content: dict, name: str = 'checkpoint') -> Dict[str, Tensor]:
    """Take the weights out of the usual wrappers and prefixes.

    Args:
        content (dict): What a file holds, e.g. ``{'model': {...}}``,
            ``{'module': {...}}`` (DeepSpeed) or ``{'state_dict': {...}}``.
        name (str): For the error.

    Returns:
        dict: Weights by name, without ``module.`` and ``_orig_mod.``, and
        without ``backbone.`` before published names.

    Raises:
        ValueError: If there are no weights inside.
    """
    for key in ('state_dict', 'model', 'module'):
        if isinstance(content, dict) and isinstance(content.get(key), dict):
            content = content[key]
            break
    weights = {}
    if isinstance(content, dict):
        weights = {k: v for k, v in content.items() if isinstance(v, Tensor)}
    if not weights:
        raise ValueError(f'`checkpoint` {name!r} holds no weights under '
                         "'state_dict', 'model', 'module' or at its top")
    prefixes = ('module.', '_orig_mod.')  # in any order, e.g. both
    if any('backbone.patch_embed.proj.' in key for key in weights):
        prefixes += ('backbone.', )  # before published names only
    while all(key.startswith(prefixes) for key in weights):
        weights = {k.split('.', 1)[1]: v for k, v in weights.items()}
    return weights


def detect_kind(state_dict: Dict[str, Tensor]) -> str:
    """Tell the kind of a file from its keys and shapes.

    Returns:
        str: A key of :data:`mvd_mm.checkpoints.rules.RULES`.

    Raises:
        ValueError: If it is none of them; names some keys found.
    """
    if any(
            key.startswith('backbone.patch_embed.projection')
            for key in state_dict):
        return 'ours'
    if 'encoder.patch_embed.proj.weight' in state_dict:
        return 'videomae_pretrain'
    if 'patch_embed.proj.weight' in state_dict:
        if state_dict['patch_embed.proj.weight'].ndim == 4:
            return 'mae'
        if 'mask_token_img' in state_dict or 'mask_token_vid' in state_dict:
            return 'mvd_pretrain'
        return 'vit_finetune'
    raise ValueError(
        'the kind of this checkpoint is not known: neither MVD, VideoMAE, MAE '
        f'nor one of this package; it holds {sorted(state_dict)[:5]} ...')
