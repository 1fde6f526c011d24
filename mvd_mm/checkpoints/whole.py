"""Fitting a file to a whole model, for whoever loads it then."""
from typing import Dict, Sequence, Tuple

from torch import Tensor, nn

from mvd_mm.positions import check_missing_table
from .files import naming_file
from .kinds import KINDS, detect_kind, table_for
from .naming import name_weights
from .report import LoadReport
from .strict import fit_strictly
from .wrappers import unwrap

__all__ = ['fit_whole']

# what the trainings of this package put on top of a backbone
_TOPS = {'branches', 'decoder', 'cls_head'}


def fit_whole(
    model: nn.Module,
    content: dict,
    source: str,
    allow_missing: Sequence[str] = ()
) -> Tuple[Dict[str, Tensor], LoadReport]:
    """Name and check the weights of a file for a whole model.

    Decoders and classifiers that the model does not have at all are left out:
    a probe of frozen features reads a checkpoint of any training.

    Args:
        model (nn.Module): E.g. a recogniser; nothing is loaded.
        content (dict): What the file ``source`` of any of ``KINDS`` holds.
        allow_missing (Sequence[str]): Prefixes of weights that the file may
            lack or hold in another shape, e.g. ``cls_head.`` for other
            classes: the model keeps its own.

    Returns:
        tuple: Every weight of the model, and the report.

    Raises:
        KeyError: If a key is not accounted for.
        ValueError: If the file is no known one or does not fit.
    """
    expected = model.state_dict()
    weights, dropped, notes = unwrap(content, source), {}, []
    with naming_file(source):
        if not weights.keys() <= expected.keys():
            weights, _, dropped = name_weights(weights)
        parts = _TOPS - {key.split('.')[0] for key in expected}
        absent = [key for key in weights if key.split('.')[0] in parts]
        if absent:
            dropped['a part this model does not have'] = absent
        weights = {k: v for k, v in weights.items() if k not in absent}
        if 'backbone.pos_embed' in expected.keys() - weights.keys():
            kind = detect_kind(unwrap(content))
            notes = check_missing_table(
                model.get_submodule('backbone').pos_embed_type,
                table_for(kind, content.get('meta')), KINDS[kind])
        # below the allowed prefixes, what file and model do not share
        kept = [
            key for key in {
                **expected,
                **weights
            } if key.startswith(tuple(allow_missing)) and (
                key not in weights or key not in expected
                or weights[key].shape != expected[key].shape)
        ]
        weights = {k: v for k, v in weights.items() if k not in kept}
        return fit_strictly(model, weights,
                            dict.fromkeys(kept, 'allowed to be missing'),
                            source, dropped, notes)
