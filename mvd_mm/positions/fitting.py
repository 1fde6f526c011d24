"""Fitting a checkpoint's position table to the model that loads it."""
import torch
from torch import Tensor

from .tables import Grid, identify_table, resize_position_table

__all__ = ['fit_position_table']


def fit_position_table(table: Tensor,
                       own: Tensor,
                       kind: str,
                       grid: Grid,
                       num_extra: int = 0,
                       key: str = 'pos_embed') -> Tensor:
    """Refuse a table of another kind, resize one of another grid.

    Args:
        table (Tensor): Of the checkpoint, shape (1, N + L', D).
        own (Tensor): The model's, shape (1, N + L, D).
        kind (str): The model's, a key of ``POSITION_TABLES``.
        grid (tuple[int, int, int]): The model's token grid (T, H, W).
        num_extra (int): Rows N of extra tokens, which stand first.
        key (str): Its name in the checkpoint, for the error.

    Returns:
        Tensor: Shape (1, N + L, D).

    Raises:
        ValueError: If the table is of another kind, or of a grid that it does
            not tell.
    """
    if table.ndim != 3 or table.shape[-1] != own.shape[-1]:
        raise ValueError(f'{key!r}: file {tuple(table.shape)}, model '
                         f'{tuple(own.shape)}')
    if not table.is_meta and not table.isfinite().all():
        raise ValueError(f'{key!r} in the checkpoint holds NaN or infinity')
    extra, table = table[:, :num_extra], table[:, num_extra:]
    same_shape = table.shape[1] == own.shape[1] - num_extra
    # a 1-D table does not tell its grid: take the model's length, or else its
    # frame size
    time, height, width = grid
    side = round((table.shape[1] // time)**0.5)
    guesses = [
        grid, (time, side, side),
        (table.shape[1] // (height * width), height, width)
    ]
    found, source = identify_table(table, guesses)
    if found == 'sinusoid_1d' and source not in guesses:
        raise ValueError(
            f'{key!r} in the checkpoint is a 1-D table of {table.shape[1]} '
            f'positions, which fits neither the length nor the frame size of '
            f'the grid {grid}: change frames and size one after the other')
    if found is None and same_shape:
        found = kind  # learned or resized: taken on trust
    if found != kind:
        raise ValueError(
            f'{key!r} in the checkpoint is a {found or "unknown"} table of '
            f'{table.shape[1]} positions, this model is built with '
            f'`pos_embed_type={kind!r}` for a grid of {grid}. MVD weights '
            'need sincos_3d, VideoMAE weights sinusoid_1d, MAE weights '
            'sincos_2d')
    if source is not None:
        table = resize_position_table(table, source, grid)
    return torch.cat([extra, table], dim=1)
