"""Strict loading of published files and of our own."""
from typing import Dict, Sequence

from mmengine.logging import print_log
from torch import Tensor, nn

from .files import detect_kind, read_state_dict
from .rules import RULES, rename

__all__ = ['load_encoder', 'load_strictly', 'encoder_state_dict']


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
    encoder, dropped = rename(state_dict, RULES[detect_kind(state_dict)])
    for reason, keys in dropped.items():
        print_log(f'dropped {len(keys)} weights: {reason}', logger='current')
    key = 'patch_embed.projection.weight'
    if encoder[key].ndim == 4:
        encoder[key] = encoder[key].unsqueeze(2)
    return encoder


def load_strictly(model: nn.Module,
                  state_dict: Dict[str, Tensor],
                  spare: Sequence[str] = (),
                  source: str = 'checkpoint') -> None:
    """Load, and refuse anything that is missing, left over or of other shape.

    Args:
        model (nn.Module): Receives the weights.
        state_dict (dict): Weights under the model's names.
        spare (Sequence[str]): Prefixes of weights that may be missing,
            because the model never uses them.
        source (str): For the error.

    Raises:
        ValueError: With every missing, unexpected and misshapen weight.
    """
    expected = model.state_dict()
    # published files do not hold the fixed tables the model builds itself
    spare = (*spare, 'pos_embed')
    missing = [
        k for k in expected if k not in state_dict and not k.startswith(spare)
        and not k.endswith('pos_embed')
    ]
    unexpected = [k for k in state_dict if k not in expected]
    reshaped = [
        f'{k}: file {tuple(v.shape)}, model {tuple(expected[k].shape)}'
        for k, v in state_dict.items() if k in expected
        and v.shape != expected[k].shape and not _is_resized(model, k)
    ]
    faults = [
        f'{len(keys)} {what}, among them {keys[:4]}'
        for what, keys in (('missing', missing), ('unexpected', unexpected),
                           ('of another shape', reshaped)) if keys
    ]
    if faults:
        raise ValueError(
            f'{source!r} does not fit {type(model).__name__}: '
            f'{"; ".join(faults)}. Check that the architecture in the config '
            'is that of the file')
    model.load_state_dict({**expected, **state_dict})
    print_log(
        f'loaded {len(state_dict)} of {len(expected)} entries of '
        f'{type(model).__name__} from {source}',
        logger='current')


def _is_resized(model: nn.Module, key: str) -> bool:
    """Whether the module a weight belongs to fits it to its own grid."""
    owner, _, name = key.rpartition('.')
    return name == 'pos_embed' and hasattr(
        model.get_submodule(owner), '_fit_table')


def load_encoder(vit: nn.Module, path: str, spare: Sequence[str] = ()) -> None:
    """Load the encoder out of any known file into a backbone.

    Args:
        vit (MVDVisionTransformer): Receives the weights.
        path (str): Published MVD, VideoMAE or MAE file, or one of ours.
        spare (Sequence[str]): Prefixes that may be missing.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it cannot be read or does not fit.
    """
    encoder = encoder_state_dict(read_state_dict(path))
    if vit.fc_norm is None:
        # a classifier's norm follows the mean; tokens never passed it
        encoder = {
            k: v
            for k, v in encoder.items() if not k.startswith('fc_norm.')
        }
    load_strictly(vit, encoder, spare, source=str(path))
