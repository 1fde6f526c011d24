"""Telling by value which fixed table a checkpoint holds."""
from typing import Optional, Sequence, Tuple

from torch import Tensor

from .tables import POSITION_TABLES, Grid

__all__ = ['identify_table', 'table_of']


def _square_grids(num_tokens: int) -> Sequence[Grid]:
    """Every (T, n, n) with T * n * n tokens, largest square first."""
    sides = range(int(num_tokens**0.5), 0, -1)
    return [(num_tokens // n**2, n, n) for n in sides
            if num_tokens % n**2 == 0]


def _grids_of_last(row: Tensor, num_tokens: int) -> Sequence[Grid]:
    """Read the grid off the position of the last token, rectangles too.

    Args:
        row (Tensor): Last row of a table, shape (D, ).
        num_tokens (int): Tokens L of the grid.

    Returns:
        list[tuple]: The grid if this is a 3-D table, and if it is a 2-D one.
    """

    def count(start: int, dims: int) -> int:
        # the slowest sine is still on its first rise
        sine = row[start + dims // 2 - 1].clamp(-1, 1).double()
        slowest = 10000**((dims // 2 - 1) / (dims / 2))
        return max(1, round(float(sine.asin() * slowest)) + 1)

    dims, grids = len(row), []
    if dims % 16 == 0:
        time, axis = dims // 4, dims // 8 * 3
        grids.append((count(0, time), count(time + axis,
                                            axis), count(time, axis)))
    if dims % 4 == 0:
        height, width = count(dims // 2, dims // 2), count(0, dims // 2)
        grids.append((num_tokens // (height * width), height, width))
    return grids


def identify_table(
    table: Tensor, grids: Sequence[Grid] = ()
) -> Tuple[Optional[str], Optional[Grid]]:
    """Tell by value which fixed table a checkpoint holds.

    Args:
        table (Tensor): Shape (1, L, D).
        grids (Sequence[tuple]): Token grids (T, H, W) to try before the
            square ones.

    Returns:
        tuple: The key of ``POSITION_TABLES`` and the grid; the grid is the
        first candidate for a 1-D table, which does not tell it; (None, None)
        for a learned or unknown table, and for one without values or with
        NaN.
    """
    num_tokens, dims = table.shape[1:]
    if table.is_meta or not table.isfinite().all():
        return None, None
    table = table.float().cpu()
    candidates = [*grids, *_grids_of_last(table[0, -1], num_tokens)]
    candidates = [g for g in candidates if g[0] * g[1] * g[2] == num_tokens]
    candidates += _square_grids(num_tokens)
    for grid in candidates:
        for kind, function in POSITION_TABLES.items():
            if dims % {'sincos_3d': 16, 'sincos_2d': 4}.get(kind, 1):
                continue
            # files in half precision carry errors up to 5e-4
            if (function(dims, grid) - table).abs().max() < 2e-3:
                return kind, grid
    return None, None


def table_of(table: Tensor) -> str:
    """Name a table, with or without a class token's row of zeros first.

    Args:
        table (Tensor): Shape (1, L, D).

    Returns:
        str: 'sincos_3d', 'sinusoid_1d', 'sincos_2d' or 'unknown' (learned,
        resized, or without values).
    """
    if table.is_meta or table.ndim != 3:
        return 'unknown'
    if table.shape[1] > 1 and not table[:, 0].any():
        table = table[:, 1:]
    return identify_table(table)[0] or 'unknown'
