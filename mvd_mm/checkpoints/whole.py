"""Fitting a file to a whole model, for whoever loads it then."""
from typing import Dict, List, Sequence, Tuple

from torch import Tensor, nn

from .files import naming_file
from .kinds import detect_kind
from .loading import check_missing_table, fit_strictly
from .naming import name_weights
from .report import LoadReport
from .wrappers import unwrap

__all__ = ['fit_whole']

# what the trainings of this package put on top of a backbone
PARTS = {'branches', 'decoder', 'cls_head'}


def fit_whole(
    model: nn.Module,
    content: dict,
    source: str,
    allow_missing: Sequence[str] = ()
) -> Tuple[Dict[str, Tensor], LoadReport]:
    """Name and check the weights of a file for a whole model.

    Args:
        model (nn.Module): E.g. a recogniser; nothing is loaded.
        content (dict): What a file of any of ``KINDS`` holds.
        source (str): Its name, for the report.
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
        absent = _pop_absent_parts(weights, expected)
        if absent:
            dropped = {**dropped, 'a part this model does not have': absent}
        vit = getattr(model, 'backbone', None)
        if 'backbone.pos_embed' in expected.keys() - weights.keys():
            notes = check_missing_table(vit, detect_kind(unwrap(content)),
                                        content.get('meta'), source)
        allowed = _unfit(weights, expected, tuple(allow_missing))
        for key in allowed:
            weights.pop(key, None)
        return fit_strictly(model, weights,
                            dict.fromkeys(allowed, 'allowed to be missing'),
                            source, dropped, notes)


def _pop_absent_parts(weights: Dict[str, Tensor],
                      expected: Dict[str, Tensor]) -> List[str]:
    """Take out decoders and classifiers that the model has none of at all.

    A probe of frozen features reads a checkpoint of any training.
    """
    parts = PARTS - {key.split('.')[0] for key in expected}
    absent = [key for key in weights if key.split('.')[0] in parts]
    for key in absent:
        del weights[key]
    return absent


def _unfit(weights: Dict[str, Tensor], expected: Dict[str, Tensor],
           allowed: Tuple[str, ...]) -> List[str]:
    """Keys below the allowed prefixes that file and model do not share."""
    if not allowed:
        return []
    return [
        key for key in {
            **expected,
            **weights
        } if key.startswith(allowed) and (
            key not in weights or key not in expected
            or weights[key].shape != expected[key].shape)
    ]
