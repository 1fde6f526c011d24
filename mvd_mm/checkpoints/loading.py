"""Strict loading of published files and of our own."""
from typing import Dict, List, Mapping, Sequence, Union

from mmengine.logging import print_log
from torch import Tensor, nn

from .files import read_state_dict
from .kinds import detect_kind, table_of
from .naming import RULES
from .report import LoadReport
from .rules import rename
from .values import to_ours

__all__ = ['load_encoder', 'load_strictly', 'encoder_state_dict']

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
    return encoder, dropped


def load_strictly(model: nn.Module,
                  state_dict: Dict[str, Tensor],
                  spare: Spare = (),
                  source: str = 'checkpoint',
                  dropped: Mapping[str, List[str]] = {}) -> LoadReport:
    """Load, and refuse anything that is missing, left over or of other shape.

    Args:
        model (nn.Module): Receives the weights; untouched by what is refused.
        state_dict (dict): Weights under the model's names.
        spare (Sequence[str] or Mapping[str, str]): Prefixes of weights that
            may be missing, with the reason or without.
        source (str): For the report.
        dropped (Mapping[str, list[str]]): What a caller left out, by reason;
            for the report.

    Returns:
        LoadReport: What became of every weight.

    Raises:
        ValueError: With every missing, unexpected and misshapen weight.
    """
    expected = model.state_dict()
    if not isinstance(spare, Mapping):
        spare = dict.fromkeys(spare, 'not needed by this model')
    fresh, missing = {}, []
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
        if key.endswith('pos_embed') and hasattr(owner, '_fit_table'):
            # refuses a table of another kind
            fitted[key] = owner._fit_table(value, key)
            if value.shape != shape:
                reshaped.append(f'{key}: {tuple(value.shape)} to '
                                f'{tuple(shape)}')
        elif value.shape != shape:
            misshapen.append(f'{key}: file {tuple(value.shape)}, model '
                             f'{tuple(shape)}')
        elif key.endswith('pos_embed'):
            _check_table(key, value, expected[key])
    faults = [
        f'{len(keys)} {what}, among them {sorted(keys)[:4]}'
        for what, keys in (('missing', missing), ('unexpected', unexpected),
                           ('of another shape', misshapen)) if keys
    ]
    if faults:
        raise ValueError(
            f'{source!r} does not fit {type(model).__name__}: '
            f'{"; ".join(faults)}. Check that the architecture in the config '
            'is that of the file')
    model.load_state_dict({**expected, **state_dict, **fitted})
    report = LoadReport(source,
                        type(model).__name__, len(state_dict), dict(dropped),
                        fresh, reshaped, [])
    print_log(str(report), logger='current')
    return report


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
    encoder, dropped = _encoder(read_state_dict(path))
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
    return load_strictly(vit, encoder, spare, str(path), dropped)


def _drop(weights: Dict[str, Tensor], prefix: str,
          dropped: Dict[str, List[str]], reason: str) -> None:
    keys = [k for k in weights if k.startswith(prefix)]
    for key in keys:
        del weights[key]
    if keys:
        dropped.setdefault(reason, []).extend(keys)
