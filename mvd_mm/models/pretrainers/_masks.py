"""The masks in the inputs of a pre-trainer."""
from typing import Any, Dict

import torch
from torch import Tensor

from ..layers import TokenSplit, split_tokens

__all__ = [
    'mask_of', 'masks_per_clip', 'some_hidden', 'split_of', 'teacher_mask_of'
]


def split_of(inputs: Dict[str, Any]) -> TokenSplit:
    """Indices of visible and hidden tokens, made once for the batch.

    Args:
        inputs (dict): As the data preprocessor gives them. With
            ``num_hidden`` the mask is not read: no wait for the device.

    Returns:
        TokenSplit: Visible (B, V), hidden (B, M).

    Raises:
        KeyError: If there is no mask.
        ValueError: If the clips hide different numbers of tokens.
    """
    mask = mask_of(inputs)
    return split_tokens(mask, inputs.get('num_hidden'))


def masks_per_clip(clips: Tensor, tokens: TokenSplit) -> int:
    """Masks of each clip, which follow each other.

    Args:
        clips (Tensor): One view, shape (B, ...).
        tokens (TokenSplit): Of B * K masks.

    Returns:
        int: K, usually 1.

    Raises:
        ValueError: If the masks are no multiple of the clips.
    """
    masks = len(tokens.visible)
    if masks < len(clips) or masks % len(clips):
        raise ValueError(
            f'the batch has {masks} masks for {len(clips)} clips: give '
            '`num_masks` of the masking transform the number of clips in a '
            'sample, or a multiple of it for several masks of a clip')
    return masks // len(clips)


def some_hidden(tokens: TokenSplit, share: float) -> TokenSplit:
    """Keep a random part of the hidden tokens.

    Args:
        tokens (TokenSplit): Visible (B, V), hidden (B, M).
        share (float): Which is kept, in (0, 1]; at least one token.

    Returns:
        TokenSplit: Visible (B, V), hidden (B, m), in token order.
    """
    number = tokens.hidden.shape[1]
    kept = max(int(share * number), 1)
    if kept >= number:
        return tokens
    # on the CPU, whose generator every resumed run continues
    drawn = torch.rand(tokens.hidden.shape).argsort(1)[:, :kept].sort(1).values
    drawn = drawn.to(tokens.hidden.device, non_blocking=True)
    return TokenSplit(tokens.visible, tokens.hidden.gather(1, drawn))


def mask_of(inputs: Dict[str, Tensor]) -> Tensor:
    """Take the mask out of a batch, or say how it gets there.

    Args:
        inputs (dict): As the data preprocessor gives them.

    Returns:
        Tensor: bool, shape (B, L), True means hidden.

    Raises:
        KeyError: If there is none.
    """
    # a tensor: of a data preprocessor that knows no masks
    if isinstance(inputs, Tensor) or 'mask' not in inputs:
        raise KeyError(
            "the batch has no `inputs['mask']`: end the pipeline with "
            "`dict(type='PackActionInputs', collect_keys=('imgs', 'mask'))` "
            'after mvd_mm.TubeMasking or mvd_mm.RandomMasking, and set '
            "`data_preprocessor=dict(type='mvd_mm.PretrainDataPreprocessor')`")
    return inputs['mask']


def teacher_mask_of(inputs: Dict[str, Tensor]) -> Tensor:
    """Take a teacher's own mask out of a batch, or say how it gets there.

    Arguments and shape are those of :func:`mask_of`.

    Raises:
        KeyError: If there is none.
    """
    if 'teacher_mask' not in inputs:
        raise KeyError("the batch has no `inputs['teacher_mask']`: mask with "
                       'mvd_mm.NestedTubeMasking, and end the pipeline with '
                       "`dict(type='PackActionInputs', "
                       "collect_keys=('imgs', 'mask', 'teacher_mask'))`")
    return inputs['teacher_mask']
