"""Resizing a position table to another token grid."""
import torch.nn.functional as F
from torch import Tensor

from .tables import Grid

__all__ = ['resize_position_table']


def resize_position_table(table: Tensor, source: Grid, target: Grid) -> Tensor:
    """Resize a table over time, height and width.

    Space is resized with a bicubic filter, time linearly.

    Args:
        table (Tensor): Shape (1, T * H * W, D).
        source (tuple[int, int, int]): Its tokens along T, H and W.
        target (tuple[int, int, int]): The wanted tokens T', H' and W'.

    Returns:
        Tensor: Shape (1, T' * H' * W', D).
    """
    if tuple(source) == tuple(target):
        return table
    dims = table.shape[-1]
    dtype, table = table.dtype, table.float()
    if tuple(source[1:]) != tuple(target[1:]):
        planes = table.reshape(source[0], *source[1:], dims)
        planes = F.interpolate(
            planes.permute(0, 3, 1, 2),  # (T, D, H, W)
            size=tuple(target[1:]),
            mode='bicubic',
            align_corners=False)
        table = planes.permute(0, 2, 3, 1)  # (T, H', W', D)
    if source[0] != target[0]:
        lines = table.reshape(source[0], -1).t().unsqueeze(0)
        lines = F.interpolate(  # (1, H' * W' * D, T')
            lines,
            size=target[0],
            mode='linear',
            align_corners=False)
        table = lines[0].t()
    return table.reshape(1, -1, dims).to(dtype)
