"""Taking the encoder out of any known file."""
from typing import Dict, List, Tuple

from mmengine.logging import print_log
from torch import Tensor, nn

from mvd_mm.positions import check_missing_table
from mvd_mm.utils.weight_files import read_content
from .files import naming_file
from .kinds import KINDS, table_for
from .naming import PARTS, name_weights
from .report import LoadReport
from .strict import AllowMissing, load_strictly, with_reasons
from .wrappers import unwrap

__all__ = ['encoder_state_dict', 'load_encoder']

Weights = Dict[str, Tensor]
#: norm -> why a backbone without it drops it, why it starts new
_NORMS = {
    'norm.': ("pre-training's norm of every token; the mean has its own",
              'norm on every token of a detector starts new after a '
              'classifier, which normed the mean'),
    'fc_norm.': ("a classifier's norm of the mean, which tokens never passed",
                 'fc_norm norms the mean of tokens: it starts new after '
                 'pre-training'),
}


def encoder_state_dict(state_dict: Weights) -> Weights:
    """Weights of the encoder alone, under ``MVDVisionTransformer``'s names.

    MAE's 2-D patch embedding is given as one of one frame, (D, 3, 1, p, p).

    Args:
        state_dict (dict): Weights of a file of any kind, by name.

    Returns:
        dict[str, Tensor]: Weights of the encoder, by name.

    Raises:
        ValueError: If the kind of file is not known.
        KeyError: If a key is not accounted for.
    """
    encoder, _, dropped = _split(state_dict)
    for reason, keys in dropped.items():
        print_log(f'dropped {len(keys)} weights: {reason}', logger='current')
    return encoder


def _split(state_dict: Weights) -> Tuple[Weights, str, Dict[str, List[str]]]:
    """The encoder's weights, kind of the file, and the rest by reason."""
    weights, kind, dropped = name_weights(state_dict)
    encoder = {}
    for key, value in weights.items():
        part, _, name = key.partition('.')
        if part == 'backbone':
            encoder[name] = value
        else:
            reason = PARTS.get(part, 'not part of the encoder')
            dropped.setdefault(reason, []).append(key)
    return encoder, kind, dropped


def load_encoder(vit: nn.Module, path: str,
                 allow_missing: AllowMissing = ()) -> LoadReport:
    """Load the encoder out of a file of any of ``KINDS`` into a backbone.

    Pre-training closes every token with ``norm``, a classifier their mean with
    ``fc_norm``. The one that the backbone does not use is dropped; its own
    starts new where the file has only the other.

    Args:
        vit (nn.Module): The backbone.
        path (str): The file.
        allow_missing (Sequence[str] or Mapping[str, str]): As of
            :func:`load_strictly`.

    Returns:
        LoadReport: What became of every weight.

    Raises:
        FileNotFoundError: If there is no such file.
        KeyError: If a key is not accounted for.
        ValueError: If it cannot be read or does not fit.
    """
    content = read_content(path)
    weights = unwrap(content, str(path))
    with naming_file(path):
        encoder, kind, dropped = _split(weights)
        notes = [] if 'pos_embed' in encoder else check_missing_table(
            str(vit.pos_embed_type), table_for(kind, content.get('meta')),
            KINDS[kind])
        allowed = with_reasons(allow_missing)
        own, other = 'norm.', 'fc_norm.'
        if vit.fc_norm is not None:
            own, other = other, own
        unused = [key for key in encoder if key.startswith(other)]
        if f'{other}weight' in unused and (vit.fc_norm is not None
                                           or vit.return_feat_map):
            allowed[own] = _NORMS[own][1]
        for key in unused:
            del encoder[key]
            dropped.setdefault(_NORMS[other][0], []).append(key)
        return load_strictly(vit, encoder, allowed, str(path), dropped, notes)
