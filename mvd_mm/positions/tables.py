"""Fixed position tables of MVD, VideoMAE and MAE.

All three are sines and cosines, yet not interchangeable: MVD's student and
decoders use a 3-D table, VideoMAE a 1-D one over the flattened token index *of
the same shape*, MAE a 2-D one per frame. Loading the wrong one raises no error
anywhere, hence :func:`mvd_mm.positions.identify_table`.
"""
from typing import Callable, Dict, Tuple

import torch
from torch import Tensor

__all__ = [
    'Grid', 'POSITION_TABLES', 'build_position_table', 'sincos_2d',
    'sincos_3d', 'sinusoid_1d'
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

    Source: `MAE <https://arxiv.org/abs/2111.06377>`_; values compared.

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

    Source: `Masked Video Distillation <https://github.com/ruiwang2021/mvd>`_;
    values compared.

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


#: kind of table -> function of width and grid
POSITION_TABLES: Dict[str, Callable[[int, Grid], Tensor]] = {
    'sincos_3d': sincos_3d,
    'sinusoid_1d': sinusoid_1d,
    'sincos_2d': sincos_2d,
}


def build_position_table(kind: str, dims: int, grid: Grid) -> Tensor:
    """Build the table of a kind.

    Args:
        kind (str): One of ``POSITION_TABLES``.
        dims (int): Width D.
        grid (tuple[int, int, int]): Tokens along T, H and W.

    Returns:
        Tensor: Shape (1, T * H * W, dims).

    Raises:
        ValueError: If ``kind`` is not one of ``POSITION_TABLES``.
    """
    if kind not in POSITION_TABLES:
        raise ValueError('`pos_embed_type` must be one of '
                         f'{sorted(POSITION_TABLES)}, got {kind!r}')
    return POSITION_TABLES[kind](dims, grid)
