"""The masks in the inputs of a pre-trainer."""
from typing import Any, Dict

from torch import Tensor

from ..layers import TokenSplit, split_tokens

__all__ = ['mask_of', 'split_of', 'teacher_mask_of']


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
