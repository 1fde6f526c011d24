"""Taking weights out of what training codes wrap them in."""
from typing import Dict, Optional

from torch import Tensor

__all__ = ['unwrap']

#: where files keep their weights, in order of precedence; MMEngine writes the
#: moving average into ``state_dict`` and the rest into ``ema_state_dict``
SECTIONS = ('state_dict', 'model', 'module', 'model_ema', 'state_dict_ema',
            'ema_state_dict', 'ema')
# of torch.compile, FSDP and checkpoint wrappers, around any module
_INNER = ('_orig_mod.', '_fsdp_wrapped_module.', '_checkpoint_wrapped_module.')
# around a whole model; ``backbone.`` and ``encoder.`` are names as well
_OUTER = ('module.', 'backbone.', 'encoder.', 'model.')
#: one of them is in every file of a known kind, published ones first
_ANCHORS = ('patch_embed.proj.weight', 'encoder.patch_embed.proj.weight',
            'patch_embed.projection.weight',
            'backbone.patch_embed.projection.weight',
            'embeddings.patch_embeddings.projection.weight',
            'videomae.embeddings.patch_embeddings.projection.weight')


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
        ValueError: If there are no weights inside, two models, or what is no
            tensor among them.
    """
    held = content if isinstance(content, dict) else {}
    chosen = _section(held, section)
    if section is not None and chosen is held:
        raise ValueError(f'`section` {section!r} is not in {name!r}, '
                         f'which holds {sorted(map(str, held))[:20]}')
    weights = {k: v for k, v in chosen.items() if isinstance(v, Tensor)}
    if not weights:
        raise ValueError(f'`checkpoint` {name!r} holds no weights under '
                         "'state_dict', 'model', 'module' or at its top")
    odd = [
        k for k in chosen if not isinstance(k, str)
        or k not in weights and not isinstance(chosen[k], (int, float))
    ]
    if odd and chosen is not held:  # beside the weights all sorts may stand
        raise ValueError(f'`checkpoint` {name!r} holds what is no tensor '
                         f'among its weights: {sorted(map(str, odd))[:5]}')
    weights = {k: v for k, v in weights.items() if isinstance(k, str)}
    for counter in ('steps', 'n_averaged'):  # of a moving average
        if counter in weights and weights[counter].numel() == 1:
            del weights[counter]
    for inner in _INNER:
        weights = _rename(weights, {k: k.replace(inner, '')
                                    for k in weights}, inner, name)
    while weights and all(k.startswith('module.') for k in weights):
        weights = _strip(weights, 'module.', name)
    weights = _strip_outer(weights, name)
    if _has_idle_encoder_prefix(weights):
        weights = _strip(weights, 'encoder.', name)
    if 'embeddings.patch_embeddings.projection.weight' in weights:
        weights = {f'videomae.{k}': v for k, v in weights.items()}
    return weights


def _section(held: dict, section: Optional[str]) -> dict:
    """The entry with the weights, or all of it."""
    for key in SECTIONS if section is None else (section, ):
        inner = held.get(key)
        if not isinstance(inner, dict):
            continue
        if any(isinstance(v, Tensor) for v in inner.values()):
            return inner
        deeper = _section(inner, None)
        if deeper is not inner or section is not None:
            return deeper
    return held


def _strip_outer(weights: Dict[str, Tensor], name: str) -> Dict[str, Tensor]:
    """Without prefixes of the whole model, if it is a known one."""
    stripped = weights
    prefix = _outer_prefix(stripped)
    while prefix is not None:
        stripped = _strip(stripped, prefix, name)
        prefix = _outer_prefix(stripped)
    # where nothing known is inside, errors name what the file says
    known = any(key in stripped for key in _ANCHORS)
    return stripped if known else weights


def _outer_prefix(weights: Dict[str, Tensor]) -> Optional[str]:
    if any(f'backbone.{key}' in weights for key in _ANCHORS[:2]):
        return 'backbone.'  # no published name starts so
    if any(key in weights for key in _ANCHORS):
        return None
    return next((p for p in _OUTER if any(k.startswith(p) for k in weights)),
                None)


def _strip(weights: Dict[str, Tensor], prefix: str,
           name: str) -> Dict[str, Tensor]:
    return _rename(
        weights,
        {k: k[len(prefix):] if k.startswith(prefix) else k
         for k in weights}, prefix, name)


def _rename(weights: Dict[str, Tensor], names: Dict[str, str], prefix: str,
            name: str) -> Dict[str, Tensor]:
    renamed = {names[k]: v for k, v in weights.items()}
    if len(renamed) < len(weights):
        raise ValueError(f'`checkpoint` {name!r} holds the same weights with '
                         f'and without {prefix!r}: two models in one')
    return renamed


def _has_idle_encoder_prefix(weights: Dict[str, Tensor]) -> bool:
    """Whether ``encoder.`` is a wrapper, not VideoMAE's own name."""
    patch = weights.get('encoder.patch_embed.proj.weight')
    return patch is not None and (patch.ndim == 4 or any(
        'fc_norm.' in k or '_img' in k or '_vid' in k or k.startswith(
            ('head.', 'encoder.head.')) for k in weights))
