"""Fixed position tables of MVD, VideoMAE and MAE.

All three are sines and cosines, yet not interchangeable: MVD's student and
decoders use a 3-D table, VideoMAE a 1-D one over the flattened token index *of
the same shape*, MAE a 2-D one per frame. Loading the wrong one raises no error
anywhere, hence :func:`identify_table`.
"""
from typing import Dict, Optional, Sequence, Tuple

import torch
import torch.nn.functional as F
from torch import Tensor

__all__ = [
    'POSITION_TABLES', 'build_position_table', 'identify_table',
    'resize_position_table', 'sincos_2d', 'sincos_3d', 'sinusoid_1d'
]

Grid = Tuple[int, int, int]


def _sincos(positions: Tensor, dims: int) -> Tensor:
    """Sines in the first half of the channels, cosines in the second.

    Args:
        positions (Tensor): Any shape, L elements, in grid steps.
        dims (int): Number of channels, even.

    Returns:
        Tensor: Shape (L, dims), float64.
    """
    omega = torch.arange(dims // 2, dtype=torch.float64) / (dims / 2)
    angles = positions.reshape(-1, 1).double() / 10000**omega
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def sinusoid_1d(dims: int, grid: Grid) -> Tensor:
    """Build VideoMAE's table: sine and cosine interleaved over the index.

    Source: Vaswani et al. 2017, as used by VideoMAE and by MMAction2's
    ``VisionTransformer``.

    Args:
        dims (int): Embedding width.
        grid (tuple[int, int, int]): Token grid (T, H, W).

    Returns:
        Tensor: Shape (1, T * H * W, dims), float32.
    """
    num_tokens = grid[0] * grid[1] * grid[2]
    channel = torch.arange(dims, dtype=torch.float64)
    rate = 10000**((channel - channel % 2) / dims)
    angles = torch.arange(num_tokens).double()[:, None] / rate
    table = torch.where(channel % 2 == 0, angles.sin(), angles.cos())
    return table.float().unsqueeze(0)


def sincos_2d(dims: int, grid: Grid) -> Tensor:
    """Build MAE's table: half of the channels for x, half for y.

    The same for every time slice. Source: MAE, ``util/pos_embed.py``.

    Args:
        dims (int): Embedding width, a multiple of 4.
        grid (tuple[int, int, int]): Token grid (T, H, W).

    Returns:
        Tensor: Shape (1, T * H * W, dims), float32.

    Raises:
        ValueError: If ``dims`` is not a multiple of 4.
    """
    if dims % 4:
        raise ValueError('`embed_dims` must be a multiple of 4 for a 2-D '
                         f'sin-cos table, got {dims}')
    _, y, x = torch.meshgrid(*map(torch.arange, grid), indexing='ij')
    table = torch.cat([_sincos(x, dims // 2), _sincos(y, dims // 2)], dim=1)
    return table.float().unsqueeze(0)


def sincos_3d(dims: int, grid: Grid) -> Tensor:
    """Build MVD's table, of the student and of the decoders.

    One quarter of the channels encodes time, three quarters encode space,
    width before height. Source: the public code of MVD,
    ``modeling_finetune.py``; equal to the tables of its files.

    Args:
        dims (int): Embedding width, a multiple of 16 (a quarter for time,
            half of the rest for each axis of space, sine and cosine each).
        grid (tuple[int, int, int]): Token grid (T, H, W), e.g. (8, 14, 14)
            for 16 frames of 224 pixels in tubelets of 2 x 16 x 16.

    Returns:
        Tensor: Shape (1, T * H * W, dims), float32, tokens in T-major, then
        row-major order.

    Raises:
        ValueError: If ``dims`` is not a multiple of 16.
    """
    if dims % 16:
        raise ValueError('`embed_dims` must be a multiple of 16 for a 3-D '
                         f'sin-cos table, got {dims}')
    t, y, x = torch.meshgrid(*map(torch.arange, grid), indexing='ij')
    time, axis = dims // 4, dims // 8 * 3
    table = torch.cat([_sincos(t, time),
                       _sincos(x, axis),
                       _sincos(y, axis)],
                      dim=1)
    return table.float().unsqueeze(0)


POSITION_TABLES: Dict = {
    'sincos_3d': sincos_3d,
    'sinusoid_1d': sinusoid_1d,
    'sincos_2d': sincos_2d,
}


def build_position_table(kind: str, dims: int, grid: Grid) -> Tensor:
    """Build the table called ``kind``, shape (1, T * H * W, dims).

    Raises:
        ValueError: If ``kind`` is not one of ``POSITION_TABLES``.
    """
    if kind not in POSITION_TABLES:
        raise ValueError('`pos_embed_type` must be one of '
                         f'{sorted(POSITION_TABLES)}, got {kind!r}')
    return POSITION_TABLES[kind](dims, grid)


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


def resize_position_table(table: Tensor, source: Grid, target: Grid) -> Tensor:
    """Resize a table over time, height and width.

    Space is resized with a bicubic filter, time linearly.

    Args:
        table (Tensor): Shape (1, T * H * W, D).
        source (tuple[int, int, int]): Its grid (T, H, W).
        target (tuple[int, int, int]): The wanted grid.

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
