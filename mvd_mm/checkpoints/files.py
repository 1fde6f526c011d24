"""Reading weights from a file safely, and writing them."""
from pathlib import Path
from typing import Dict, Optional, Sequence

import torch
from torch import Tensor

from .limits import check_file

__all__ = ['read_content', 'read_state_dict', 'unwrap', 'write_state_dict']

#: where files keep their weights, in order of precedence; MMEngine writes the
#: moving average into ``state_dict`` and the rest into ``ema_state_dict``
SECTIONS = ('state_dict', 'model', 'module', 'model_ema', 'state_dict_ema',
            'ema_state_dict', 'ema')


def read_content(path: str, trust: bool = False) -> dict:
    """Read everything that a file holds.

    Args:
        path (str): ``.pth``, ``.pt`` or ``.safetensors``; nothing in it is
            executed.
        trust (bool): True lets the file run code of its own; for files whose
            writer you trust as you trust a program.

    Returns:
        dict: Weights, and what else is there, on the CPU.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is not a checkpoint, is damaged, asks for too
            much or for a class that is not trusted.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f'`checkpoint` does not exist: {str(path)!r}')
    try:
        check_file(path)
        if str(path).endswith('.safetensors'):
            return _read_safetensors(path)
        return torch.load(path, map_location='cpu', weights_only=not trust)
    # damage shows as nearly anything: struct.error, OSError, IndexError ...
    except Exception as error:
        raise ValueError(
            f'`checkpoint` {str(path)!r} cannot be read as weights: it is '
            'damaged, no checkpoint, or asks for classes that are not '
            f'trusted ({_reason(error)})') from error


def _read_safetensors(path: str) -> dict:
    from safetensors import safe_open
    with safe_open(path, framework='pt') as file:
        weights = {key: file.get_tensor(key) for key in file.keys()}
        return dict(state_dict=weights, meta=file.metadata() or {})


def _reason(error: Exception) -> str:
    """The line of torch's long message that says what is wrong."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    named = [line for line in lines if 'global' in line.lower()]
    reason = (named or lines)[0].split(' Please use')[0].strip()[:200]
    if named:
        reason += (' Nothing of it ran. If you trust its writer: '
                   'tools/model_converters/convert.py --trust')
    return reason


def read_state_dict(path: str,
                    section: Optional[str] = None,
                    trust: bool = False) -> Dict[str, Tensor]:
    """Read the weights of a checkpoint, whatever they are wrapped in.

    Args:
        path (str): See :func:`read_content`.
        section (str, optional): Entry of the file to take, e.g. 'model_ema';
            by default the first of ``SECTIONS`` that holds weights.
        trust (bool): See :func:`read_content`.

    Returns:
        dict: Weights by name, on the CPU, as :func:`unwrap` gives them.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it cannot be read, or holds no weights.
    """
    return unwrap(read_content(path, trust), str(path), section)


def unwrap(content: dict,
           name: str = 'checkpoint',
           section: Optional[str] = None) -> Dict[str, Tensor]:
    """Take the weights out of the usual wrappers and prefixes.

    Args:
        content (dict): What a file holds, e.g. ``{'model': {...}}``,
            ``{'module': {...}}`` (DeepSpeed) or ``{'state_dict': {...}}``.
        name (str): For the error.
        section (str, optional): Entry to take.

    Returns:
        dict: Weights by name, without ``module.`` and ``_orig_mod.``, and
        without ``backbone.`` and ``encoder.`` before published names.

    Raises:
        ValueError: If there are no weights inside.
    """
    held = content if isinstance(content, dict) else {}
    for key in SECTIONS if section is None else (section, ):
        if isinstance(held.get(key), dict):
            content = held[key]
            break
    else:
        if section is not None:
            raise ValueError(f'`section` {section!r} is not in {name!r}, '
                             f'which holds {sorted(map(str, held))[:20]}')
    weights = {}
    if isinstance(content, dict):
        weights = {k: v for k, v in content.items() if isinstance(v, Tensor)}
    if not weights:
        raise ValueError(f'`checkpoint` {name!r} holds no weights under '
                         "'state_dict', 'model', 'module' or at its top")
    for counter in ('steps', 'n_averaged'):  # of a moving average
        if counter in weights and weights[counter].numel() == 1:
            del weights[counter]
    while weights and all(
            k.startswith(('module.', '_orig_mod.')) for k in weights):
        weights = _strip(weights, ('module.', '_orig_mod.'), name)
    if any('backbone.patch_embed.proj.' in key for key in weights):
        weights = _strip(weights, ('backbone.', ), name)
    if _has_idle_encoder_prefix(weights):
        weights = _strip(weights, ('encoder.', ), name)
    if 'embeddings.patch_embeddings.projection.weight' in weights:
        weights = {f'videomae.{k}': v for k, v in weights.items()}
    return weights


def _strip(weights: Dict[str, Tensor], prefixes: Sequence[str],
           name: str) -> Dict[str, Tensor]:
    stripped = {
        k.split('.', 1)[1] if k.startswith(tuple(prefixes)) else k: v
        for k, v in weights.items()
    }
    if len(stripped) < len(weights):
        raise ValueError(f'`checkpoint` {name!r} holds the same weights with '
                         f'and without {list(prefixes)}: two models in one')
    return stripped


def _has_idle_encoder_prefix(weights: Dict[str, Tensor]) -> bool:
    """Whether ``encoder.`` is a wrapper, not VideoMAE's own name."""
    patch = weights.get('encoder.patch_embed.proj.weight')
    return patch is not None and (patch.ndim == 4 or any(
        'fc_norm.' in k or '_img' in k or '_vid' in k or k.startswith(
            ('head.', 'encoder.head.')) for k in weights))


def write_state_dict(weights: Dict[str, Tensor],
                     path: str,
                     section: str = 'state_dict',
                     meta: Optional[dict] = None) -> None:
    """Write weights alone.

    Args:
        weights (dict): Weights by name.
        path (str): ``.safetensors``, ``.pth`` or ``.pt``.
        section (str): Entry of a ``.pth`` that holds them.
        meta (dict, optional): Kept beside them in a ``.pth``; plain values.

    Raises:
        ValueError: If the name has another ending.
    """
    suffix = Path(path).suffix
    if suffix not in ('.pth', '.pt', '.safetensors'):
        raise ValueError('`dst` must end with .pth, .pt or .safetensors, got '
                         f'{str(path)!r}')
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    # no storage shared with a larger tensor goes into the file
    weights = {k: v.detach().clone() for k, v in weights.items()}
    if suffix == '.safetensors':
        from safetensors.torch import save_file
        save_file({
            k: v.contiguous()
            for k, v in weights.items()
        },
                  path,
                  metadata={
                      k: str(v)
                      for k, v in (meta or {}).items()
                  })
        return
    content = {section: weights}
    if meta is not None:
        content['meta'] = meta
    torch.save(content, path)
