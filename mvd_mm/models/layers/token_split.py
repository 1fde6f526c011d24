"""Which tokens of a clip are visible and which are hidden, as indices."""
from typing import NamedTuple, Optional, Union

import torch
from torch import Tensor

__all__ = ['TokenSplit', 'split_tokens', 'take_tokens']


class TokenSplit(NamedTuple):
    """Indices of the visible and of the hidden tokens, in token order.

    Whoever needs only some of the tokens of each clip gathers them by index:
    a boolean mask in an index makes the host wait for the device, each time.

    Args:
        visible (Tensor): int64, shape (B, V).
        hidden (Tensor): int64, shape (B, M).
    """

    visible: Tensor
    hidden: Tensor

    @property
    def num_tokens(self) -> int:
        """Tokens L of a clip."""
        return self.visible.shape[1] + self.hidden.shape[1]


def split_tokens(mask: Union[Tensor, TokenSplit],
                 num_hidden: Optional[int] = None) -> TokenSplit:
    """Turn a mask into indices.

    Args:
        mask (Tensor or TokenSplit): bool, shape (B, L), True means hidden;
            what is split already is returned as it is.
        num_hidden (int, optional): Hidden tokens M of each clip. Where it is
            given, the mask is not read: no wait for the device.

    Raises:
        ValueError: If the rows hide different numbers of tokens.
    """
    if isinstance(mask, TokenSplit):
        return mask
    if num_hidden is None:
        counts = mask.sum(1).tolist()
        num_hidden = int(counts[0]) if counts else 0
        if any(count != num_hidden for count in counts):
            raise ValueError(
                '`mask` hides different numbers of tokens in one batch '
                f'({sorted(set(counts))}): use one masking transform with one '
                'ratio')
    # visible tokens first, each kind in its order
    order = mask.byte().argsort(dim=1, stable=True)
    visible, hidden = order.tensor_split([mask.shape[1] - num_hidden], dim=1)
    return TokenSplit(visible, hidden)


def take_tokens(tokens: Tensor, index: Tensor) -> Tensor:
    """Gather tokens of each clip.

    Args:
        tokens (Tensor): Shape (B, L, D); (1, L, D) or one that is expanded
            for what all clips share.
        index (Tensor): int64, shape (B, N).

    Returns:
        Tensor: Shape (B, N, D).
    """
    batch, length, width = tokens.shape
    if batch > 1:
        first = torch.arange(batch, device=index.device) * length
        index = index + first.unsqueeze(1)
    taken = tokens.reshape(-1, width).index_select(0, index.flatten())
    return taken.reshape(*index.shape, width)
