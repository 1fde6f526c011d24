"""Fitting a file to a whole model, for whoever loads it then."""
from typing import Dict, List, Sequence, Tuple

from torch import Tensor, nn

from mvd_mm.positions import check_missing_table
from .files import naming_file
from .kinds import KINDS, detect_kind, table_for
from .naming import PARTS, name_weights
from .report import LoadReport
from .strict import fit_strictly
from .wrappers import unwrap

__all__ = ['fit_whole']

Fitted = Tuple[Dict[str, Tensor], LoadReport]


def fit_whole(model: nn.Module,
              content: dict,
              source: str,
              allow_missing: Sequence[str] = ()) -> Fitted:
    """Name and check the weights of a file for a whole model.

    Decoders and classifiers that the model does not have at all are left out:
    a probe of frozen features reads a checkpoint of any training. Below the
    prefixes ``allow_missing``, e.g. ``cls_head.`` for other classes, the model
    keeps what the file lacks or holds in another shape.

    Args:
        model (nn.Module): Not changed.
        content (dict): What the file holds.
        source (str): Its name, for the report.
        allow_missing (Sequence[str]): Prefixes of names.

    Returns:
        tuple: Every weight of the model, and the report; nothing is loaded.

    Raises:
        KeyError: If a key is not accounted for.
        ValueError: If the file is no known one or does not fit.
    """
    expected = model.state_dict()
    weights, notes = unwrap(content, source), []
    dropped: Dict[str, List[str]] = {}
    with naming_file(source):
        if not weights.keys() <= expected.keys():
            weights, _, dropped = name_weights(weights)
        parts = PARTS.keys() - {key.split('.')[0] for key in expected}
        absent = [key for key in weights if key.split('.')[0] in parts]
        if absent:
            dropped['a part this model does not have'] = absent
        weights = {k: v for k, v in weights.items() if k not in absent}
        if 'backbone.pos_embed' in expected.keys() - weights.keys():
            kind = detect_kind(unwrap(content))
            notes = check_missing_table(
                str(model.get_submodule('backbone').pos_embed_type),
                table_for(kind, content.get('meta')), KINDS[kind])
        kept = {}
        for key in [*expected, *weights]:
            shapes = [w[key].shape for w in (expected, weights) if key in w]
            if key.startswith(
                    tuple(allow_missing)) and shapes != shapes[:1] * 2:
                kept[key] = 'allowed to be missing'
        weights = {k: v for k, v in weights.items() if k not in kept}
        return fit_strictly(model, weights, kept, source, dropped, notes)
