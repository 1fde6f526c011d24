"""Strict loading of published files and of our own."""
from typing import Dict, List, Mapping, Sequence, Tuple, Union

import torch
from mmengine.logging import print_log
from torch import Tensor, nn

from .files import naming_file, read_content
from .kinds import KINDS, TABLE_OF_KIND, detect_kind, table_of
from .naming import RULES
from .report import LoadReport
from .rules import rename
from .values import is_plain, to_ours
from .wrappers import unwrap

__all__ = [
    'load_encoder', 'load_strictly', 'fit_strictly', 'encoder_state_dict',
    'check_missing_table'
]

#: prefixes, with the reason or without
Spare = Union[Sequence[str], Mapping[str, str]]
_TABLES = 'fixed position tables, which the model builds itself'
_NEW_MEAN_NORM = 'fc_norm norms the mean of tokens: it starts new after ' \
    'pre-training'
_NEW_TOKEN_NORM = 'norm on every token of a detector starts new after a ' \
    'classifier, which normed the mean'


def encoder_state_dict(state_dict: Dict[str, Tensor]) -> Dict[str, Tensor]:
    """Weights of the encoder alone, under ``MVDVisionTransformer``'s names.

    Args:
        state_dict (dict): As published, or of a checkpoint of this package.

    Returns:
        dict: MAE's 2-D patch embedding as one frame, (D, 3, 1, p, p).

    Raises:
        ValueError: If the kind of file is not known.
        KeyError: If a key is not accounted for.
    """
    return _encoder(state_dict)[0]


def _encoder(state_dict: Dict[str, Tensor]) -> tuple:
    kind = detect_kind(state_dict)
    encoder, dropped = rename(to_ours(state_dict, kind), RULES[kind])
    for reason, keys in dropped.items():
        print_log(f'dropped {len(keys)} weights: {reason}', logger='current')
    return encoder, dropped, kind


def load_strictly(
    model: nn.Module,
    state_dict: Dict[str, Tensor],
    spare: Spare = (),
    source: str = 'checkpoint',
    dropped: Mapping[str, List[str]] = {},
    notes: Sequence[str] = ()
) -> LoadReport:
    """Load, and refuse anything that is missing, left over or of other shape.

    Args:
        model (nn.Module): Receives the weights; untouched by what is refused.
        state_dict (dict): Weights under the model's names.
        spare (Sequence[str] or Mapping[str, str]): Prefixes of weights that
            may be missing, all of them, with the reason or without.
        source (str): For the report.
        dropped (Mapping[str, list[str]]): What a caller left out, by reason;
            for the report.
        notes (Sequence[str]): For the report.

    Returns:
        LoadReport: What became of every weight.

    Raises:
        ValueError: With every missing, unexpected and misshapen weight.
    """
    fitted, report = fit_strictly(model, state_dict, spare, source, dropped,
                                  notes)
    model.load_state_dict(fitted)
    print_log(str(report), logger='current')
    return report


def fit_strictly(
    model: nn.Module,
    state_dict: Dict[str, Tensor],
    spare: Spare = (),
    source: str = 'checkpoint',
    dropped: Mapping[str, List[str]] = {},
    notes: Sequence[str] = ()
) -> Tuple[Dict[str, Tensor], LoadReport]:
    """Bring weights into the form that a model takes as a whole.

    Arguments and errors are those of :func:`load_strictly`; nothing is loaded.

    Returns:
        tuple: Every weight of the model, and what became of the file's.
    """
    expected = model.state_dict()
    if not isinstance(spare, Mapping):
        spare = dict.fromkeys(spare, 'not needed by this model')
    # half a layer is no layer that a file does without
    spare = {
        prefix: reason
        for prefix, reason in spare.items()
        if not any(k.startswith(prefix) for k in state_dict)
    }
    fresh, missing, notes = {}, [], list(notes)
    for key in expected.keys() - state_dict.keys():
        reasons = [r for prefix, r in spare.items() if key.startswith(prefix)]
        if key.endswith('pos_embed'):
            reasons.append(_TABLES)
        if reasons:
            fresh.setdefault(reasons[0], []).append(key)
        else:
            missing.append(key)
    unexpected = [k for k in state_dict if k not in expected]
    misshapen, reshaped, fitted = [], [], {}
    for key in state_dict.keys() & expected.keys():
        value, shape = state_dict[key], expected[key].shape
        owner = model.get_submodule(key.rpartition('.')[0])
        is_table = key.endswith('pos_embed') and value.ndim == len(
            shape) and value.shape[-1] == shape[-1]
        if is_table and hasattr(owner, '_fit_table'):
            # refuses a table of another kind
            fitted[key] = owner._fit_table(value, key)
            if _differ(fitted[key], expected[key]) and value.shape == shape:
                notes.append(f'{key} is none of the fixed tables (learned, or '
                             'resized by another program): taken as it is')
            if value.shape != shape:
                reshaped.append(f'{key}: {tuple(value.shape)} to '
                                f'{tuple(shape)}')
        elif value.shape != shape:
            misshapen.append(f'{key}: file {tuple(value.shape)}, model '
                             f'{tuple(shape)}')
        elif expected[key].is_floating_point() and not is_plain(value):
            misshapen.append(f'{key}: file {value.dtype} {value.layout}, '
                             f'model {expected[key].dtype}')
        elif is_table:
            _check_table(key, value, expected[key])
    faults = [
        f'{len(keys)} {what}, among them {sorted(keys)[:4]}'
        for what, keys in (('missing', missing), ('unexpected', unexpected),
                           ('of another shape or type', misshapen)) if keys
    ]
    if faults:
        raise ValueError(
            f'{source!r} does not fit {type(model).__name__}: '
            f'{"; ".join(faults)}. Check that the architecture in the config '
            'is that of the file')
    report = LoadReport(source,
                        type(model).__name__, len(state_dict), dict(dropped),
                        fresh, reshaped, notes)
    return {**expected, **state_dict, **fitted}, report


def _differ(table: Tensor, own: Tensor) -> bool:
    if table.is_meta or own.is_meta:
        return False
    return not torch.allclose(table.to(own), own, atol=2e-3)


def _check_table(key: str, table: Tensor, own: Tensor) -> None:
    """Refuse a decoder's table of another kind: its shape does not tell."""
    kinds = table_of(table), table_of(own)
    if 'unknown' not in kinds and kinds[0] != kinds[1]:
        raise ValueError(
            f'{key!r} in the checkpoint is a {kinds[0]} table, the model has '
            f'`pos_embed_type={kinds[1]!r}`: the two have the same shape and '
            'are not interchangeable')


def load_encoder(vit: nn.Module, path: str, spare: Spare = ()) -> LoadReport:
    """Load the encoder out of any known file into a backbone.

    Norms that belong to another use of the encoder are dropped: pre-training
    closes every token with ``norm``, a classifier their mean with
    ``fc_norm``. A recogniser's ``fc_norm`` starts new after pre-training, a
    detector's ``norm`` after a classifier.

    Args:
        vit (MVDVisionTransformer): Receives the weights.
        path (str): A file of any of ``KINDS``.
        spare (Sequence[str] or Mapping[str, str]): Prefixes that may be
            missing, with the reason or without.

    Returns:
        LoadReport: What became of every weight.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it cannot be read or does not fit.
    """
    content = read_content(path)
    weights = unwrap(content, str(path))
    with naming_file(path):
        encoder, dropped, kind = _encoder(weights)
    notes = []
    if 'pos_embed' not in encoder:
        notes = check_missing_table(vit, kind, content.get('meta'), path)
    if not isinstance(spare, Mapping):
        spare = dict.fromkeys(spare, 'not needed by this model')
    if vit.fc_norm is None:
        if vit.return_feat_map and 'fc_norm.weight' in encoder:
            spare = {**spare, 'norm.': _NEW_TOKEN_NORM}
        _drop(encoder, 'fc_norm.', dropped,
              "a classifier's norm of the mean, which tokens never passed")
    elif isinstance(vit.norm, nn.Identity):
        if 'norm.weight' in encoder and 'fc_norm.weight' not in encoder:
            spare = {**spare, 'fc_norm.': _NEW_MEAN_NORM}
        _drop(encoder, 'norm.', dropped,
              "pre-training's norm of every token; the mean has its own")
    with naming_file(path):
        return load_strictly(vit, encoder, spare, str(path), dropped, notes)


def check_missing_table(vit: nn.Module, kind: str, meta: object,
                        path: str) -> List[str]:
    """Refuse a model whose own table is not the one of these weights.

    Args:
        vit (MVDVisionTransformer): Builds its table itself.
        kind (str): Of the file, which holds no table.
        meta (dict, optional): What the file keeps beside its weights.
        path (str): For the error.

    Returns:
        list[str]: A note where nothing tells which table goes with them.
    """
    stated = meta.get('pos_embed') if isinstance(meta, dict) else None
    table = TABLE_OF_KIND.get(kind, stated)
    if table in (None, 'unknown'):
        return [
            f'the file holds no position table: taken for one of '
            f'{vit.pos_embed_type} (MVD: sincos_3d, VideoMAE: sinusoid_1d)'
        ]
    if table != vit.pos_embed_type:
        raise ValueError(
            f'{str(path)!r} ({KINDS[kind]}) holds no position table and its '
            f'weights go with {table}, the model has `pos_embed_type='
            f'{vit.pos_embed_type!r}`: set it to {table!r}')
    return []


def _drop(weights: Dict[str, Tensor], prefix: str,
          dropped: Dict[str, List[str]], reason: str) -> None:
    keys = [k for k in weights if k.startswith(prefix)]
    for key in keys:
        del weights[key]
    if keys:
        dropped.setdefault(reason, []).extend(keys)
