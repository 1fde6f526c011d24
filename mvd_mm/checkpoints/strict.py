"""Strict loading: every weight fits, or every misfit is named."""
from typing import Dict, List, Mapping, Optional, Sequence, Tuple, Union

from mmengine.logging import print_log
from torch import Tensor, nn

from mvd_mm.positions import check_same_table
from .report import LoadReport
from .values import is_plain

__all__ = ['AllowMissing', 'fit_strictly', 'load_strictly', 'misfit']

Weights = Dict[str, Tensor]
#: prefixes of weights, with the reason or without
AllowMissing = Union[Sequence[str], Mapping[str, str]]
_TABLES = 'fixed position tables, which the model builds itself'


def load_strictly(
    model: nn.Module,
    state_dict: Weights,
    allow_missing: AllowMissing = (),
    source: str = 'checkpoint',
    dropped: Mapping[str, List[str]] = {},
    notes: Sequence[str] = ()
) -> LoadReport:
    """Load, and refuse anything that is missing, left over or of other shape.

    Args:
        model (nn.Module): Untouched by what is refused.
        state_dict (dict): Weights under the model's names.
        allow_missing (Sequence[str] or Mapping[str, str]): Prefixes of
            weights that may be missing, with the reason or without. If the
            file holds one weight below a prefix, it must hold all of them.
        source (str): Name of the file, for the report.
        dropped (Mapping[str, list[str]]): Weights that were left out before,
            by reason, for the report.
        notes (Sequence[str]): What else the report is to say.

    Returns:
        LoadReport: What became of every weight.

    Raises:
        ValueError: With every missing, unexpected and misshapen weight.
    """
    fitted, report = fit_strictly(model, state_dict, allow_missing, source,
                                  dropped, notes)
    model.load_state_dict(fitted)
    print_log(str(report), logger='current')
    return report


def fit_strictly(model: nn.Module, state_dict: Weights,
                 allow_missing: AllowMissing, source: str,
                 dropped: Mapping[str, List[str]],
                 notes: Sequence[str]) -> Tuple[Weights, LoadReport]:
    """Bring weights into the form that a model takes; nothing is loaded.

    Arguments and errors are those of :func:`load_strictly`.
    """
    name, expected = type(model).__name__, model.state_dict()
    fresh = _absent(expected, state_dict, allow_missing)
    missing = fresh.pop('', [])
    report = LoadReport(source, name, len(state_dict), dict(dropped), fresh,
                        [], list(notes))
    misshapen, fitted = [], {}
    for key in [key for key in state_dict if key in expected]:
        value, own = state_dict[key], expected[key]
        owner = model.get_submodule(key.rpartition('.')[0])
        fit_table = getattr(owner, 'fit_table', None)
        fault = misfit(key, value, own)
        is_table = key.endswith('pos_embed') and value.ndim == own.ndim \
            and value.shape[-1] == own.shape[-1]
        if is_table and fit_table is not None:
            fitted[key] = fit_table(value, key, report.notes)
            if value.shape != own.shape:
                report.reshaped.append(
                    f'{key}: {tuple(value.shape)} to {tuple(own.shape)}')
        elif fault is not None:
            misshapen.append(fault)
        elif is_table:
            check_same_table(key, value, own)
    faults = {
        'missing': missing,
        'unexpected': [key for key in state_dict if key not in expected],
        'of another shape or type': misshapen
    }
    if any(faults.values()):
        text = '; '.join(f'{len(keys)} {what}, among them {sorted(keys)[:4]}'
                         for what, keys in faults.items() if keys)
        raise ValueError(f'{source!r} does not fit {name}: {text}. Check that '
                         'the architecture in the config is that of the file')
    return {**expected, **state_dict, **fitted}, report


def _absent(expected: Weights, state_dict: Weights,
            allow_missing: AllowMissing) -> Dict[str, List[str]]:
    """Weights that the file lacks, by the reason why it may, or ''."""
    reasons = {
        prefix: reason
        for prefix, reason in with_reasons(allow_missing).items()
        if not any(key.startswith(prefix) for key in state_dict)
    }
    absent: Dict[str, List[str]] = {}
    for key in [key for key in expected if key not in state_dict]:
        found = [
            reasons[prefix] for prefix in reasons if key.startswith(prefix)
        ]
        found.append(_TABLES if key.endswith('pos_embed') else '')
        absent.setdefault(found[0], []).append(key)
    return absent


def with_reasons(allow_missing: AllowMissing) -> Dict[str, str]:
    """Prefixes of weights that may be missing, each with a reason."""
    if isinstance(allow_missing, Mapping):
        return dict(allow_missing)
    return dict.fromkeys(allow_missing, 'not needed by this model')


def misfit(key: str, value: Tensor, own: Tensor) -> Optional[str]:
    """Say in what a weight of a file differs from the model's, if it does."""
    if value.shape != own.shape:
        return f'{key}: file {tuple(value.shape)}, model {tuple(own.shape)}'
    if own.is_floating_point() and not is_plain(value):
        return f'{key}: file {value.dtype} {value.layout}, model {own.dtype}'
    return None
