"""Taking weights out of what training codes wrap them in."""
import re
from typing import Dict, Optional

from torch import Tensor

from .kinds import PATCH_EMBED

__all__ = ['unwrap']

#: where files keep their weights, in order of precedence; MMEngine writes the
#: moving average into ``state_dict`` and the rest into ``ema_state_dict``
SECTIONS = ('state_dict', 'model', 'module', 'model_ema', 'state_dict_ema',
            'ema_state_dict', 'ema')
# of torch.compile, FSDP and checkpoint wrappers, around any module
_INNER = ('_orig_mod.', '_fsdp_wrapped_module.', '_checkpoint_wrapped_module.')
_BARE_HUGGINGFACE = 'embeddings.patch_embeddings.projection.weight'
# around a whole model; ``backbone.`` and ``encoder.`` are names as well
_OUTER = re.compile(
    r'((?:module\.|backbone\.|encoder\.|model\.)*?)(?:' +
    '|'.join(map(re.escape, [*PATCH_EMBED, _BARE_HUGGINGFACE])) + ')')


def unwrap(content: dict,
           name: str = 'checkpoint',
           section: Optional[str] = None) -> Dict[str, Tensor]:
    """Take the weights out of the usual wrappers and prefixes.

    Args:
        content (dict): What the file ``name`` holds, e.g.
            ``{'model': {...}}`` or, of DeepSpeed, ``{'module': {...}}``.
        name (str): Name of the file, for errors.
        section (str, optional): Entry to take.

    Returns:
        dict: Weights by name, without ``module.`` and ``_orig_mod.``, and
        without ``backbone.`` and ``encoder.`` before published names.

    Raises:
        ValueError: If there are no weights inside, two models, or something
            other than tensors among the weights.
    """
    weights = _tensors(content, name, section)
    for counter in ('steps', 'n_averaged'):  # of a moving average
        if counter in weights and weights[counter].numel() == 1:
            del weights[counter]
    for word in _INNER:
        weights = _strip(weights, word, name, True)
    while weights and all(key.startswith('module.') for key in weights):
        weights = _strip(weights, 'module.', name, False)
    found = [m[1] for m in map(_OUTER.fullmatch, weights) if m is not None]
    for prefix in re.findall(r'\w+\.', max(found, key=len, default='')):
        weights = _strip(weights, prefix, name, False)
    if _has_idle_encoder_prefix(weights):
        weights = _strip(weights, 'encoder.', name, False)
    if _BARE_HUGGINGFACE in weights:
        weights = {f'videomae.{k}': v for k, v in weights.items()}
    return weights


def _tensors(content: dict, name: str,
             section: Optional[str]) -> Dict[str, Tensor]:
    held = content if isinstance(content, dict) else {}
    chosen = _section(held, section)
    if section is not None and chosen is held:
        raise ValueError(f'`section` {section!r} is not in {name!r}, '
                         f'which holds {sorted(map(str, held))[:20]}')
    if not any(isinstance(value, Tensor) for value in chosen.values()):
        raise ValueError(f'`checkpoint` {name!r} holds no weights under '
                         "'state_dict', 'model', 'module' or at its top")
    weights, odd = {}, []
    for key, value in chosen.items():
        if isinstance(key, str) and isinstance(value, Tensor):
            weights[key] = value
        elif not isinstance(key, str) or not isinstance(value, (int, float)):
            odd.append(str(key))
    if odd and chosen is not held:  # at the top, anything may stand beside
        raise ValueError(f'`checkpoint` {name!r} holds an entry that is no '
                         f'tensor among its weights: {sorted(odd)[:5]}')
    return weights


def _section(held: dict, section: Optional[str]) -> dict:
    """The entry with the weights, or all of it."""
    for key in SECTIONS if section is None else (section, ):
        inner = held.get(key)
        if isinstance(inner, dict):
            if any(isinstance(v, Tensor) for v in inner.values()):
                return inner
            deeper = _section(inner, None)
            if deeper is not inner or section is not None:
                return deeper
    return held


def _strip(weights: Dict[str, Tensor], word: str, name: str,
           anywhere: bool) -> Dict[str, Tensor]:
    pattern = ('' if anywhere else '^') + re.escape(word)
    renamed = {re.sub(pattern, '', k): v for k, v in weights.items()}
    if len(renamed) < len(weights):
        raise ValueError(f'`checkpoint` {name!r} holds the same weights with '
                         f'and without {word!r}: two models in one')
    return renamed


def _has_idle_encoder_prefix(weights: Dict[str, Tensor]) -> bool:
    """Whether ``encoder.`` is a wrapper, not VideoMAE's own name."""
    patch = weights.get('encoder.patch_embed.proj.weight')
    return patch is not None and (patch.ndim == 4 or any(
        re.match(r'head\.|encoder\.head\.|.*(fc_norm\.|_img|_vid)', key)
        for key in weights))
