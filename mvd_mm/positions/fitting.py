"""Fitting a checkpoint's position table to the model that loads it."""
from typing import List, Optional

import torch
from torch import Tensor

from .identification import identify_table
from .resizing import resize_position_table
from .tables import Grid, build_position_table

__all__ = ['fit_position_table']


def fit_position_table(table: Tensor,
                       own: Tensor,
                       kind: str,
                       grid: Grid,
                       num_extra: int = 0,
                       key: str = 'pos_embed',
                       notes: Optional[List[str]] = None) -> Tensor:
    """Refuse a table of another kind, fit one of another grid.

    - 'sincos_2d': a fixed table in the file is skipped and the one of the
      model's grid built, as MAE does. Resized from 16 x 16 to 14 x 14, the
      table of H/14 would move an image teacher's targets by 27 % (rms). A
      learned one of square frames is resized.
    - 'sincos_3d' and 'sinusoid_1d': resized, as a backbone does at run time
      for clips of another size, which is how the published detection is
      tested. No published recipe loads them on another grid.

    Args:
        table (Tensor): Of the checkpoint, shape (1, N + L', D).
        own (Tensor): The model's, shape (1, N + L, D).
        kind (str): The model's, a key of ``POSITION_TABLES``.
        grid (tuple[int, int, int]): The model's token grid (T, H, W).
        num_extra (int): Rows N of extra tokens, which stand first.
        key (str): Its name in the checkpoint, for the error.
        notes (list[str], optional): Receives what a report should say.

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
    note = ''
    if found is None and (same_shape or kind == 'sincos_2d'
                          and time * side**2 == table.shape[1]):
        found, note = kind, 'taken as it is'
        if not same_shape:
            source, note = (time, side, side), f'resized to {grid}'
        note = f'is none of the fixed tables (learned, or resized by ' \
            f'another program): {note}'
    if found != kind:
        raise ValueError(
            f'{key!r} in the checkpoint is a {found or "unknown"} table of '
            f'{table.shape[1]} positions, this model is built with '
            f'`pos_embed_type={kind!r}` for a grid of {grid}. MVD weights '
            'need sincos_3d, VideoMAE weights sinusoid_1d, MAE weights '
            'sincos_2d')
    if kind == 'sincos_2d' and not note:
        if source != grid:
            note = f'is the fixed table of a grid of {source}: skipped, and ' \
                f'the one of {grid} built'
        built = build_position_table(kind, table.shape[-1], grid)
        table = built.to(table.device, own.dtype)
    elif source is not None:
        table = resize_position_table(table, source, grid)
    if note and notes is not None and not table.is_meta:
        notes.append(f'{key} {note}')
    return torch.cat([extra, table], dim=1)
