"""RoIAlign in plain PyTorch, for devices without mmcv's operator."""
# Shapes: B images, C channels, H x W cells, N boxes, P x Q output bins, S
# samples in a bin along one axis.
from typing import Tuple

import torch
from torch import Tensor

__all__ = ['roi_align']


def roi_align(feat: Tensor,
              rois: Tensor,
              output_size: Tuple[int, int],
              spatial_scale: float,
              sampling_ratio: int = 0,
              aligned: bool = True) -> Tensor:
    """Average bilinear samples in each bin of each box, as mmcv does.

    Bilinear weights, borders and the mean over a grid of samples all separate
    into rows and columns. So each box is one product of its row weights, the
    feature map and its column weights. Gradients reach the features but not
    the boxes, as with mmcv's operator.

    Source: mmcv's ``roi_align``, of `Mask R-CNN
    <https://arxiv.org/abs/1703.06870>`_; values and gradients compared.

    Args:
        feat (Tensor): Shape (B, C, H, W), floating point.
        rois (Tensor): Shape (N, 5): image, x1, y1, x2, y2 in pixels.
        output_size (tuple[int, int]): Bins along height and width, P and Q.
        spatial_scale (float): Cells per pixel, e.g. 1 / 16.
        sampling_ratio (int): Samples per bin and axis; 0: the bin's side in
            cells, rounded up.
        aligned (bool): True: the centres of cells are at half integers.
            False: the older form, with centres at integers; a box smaller
            than one cell then counts as one cell.

    Returns:
        Tensor: Shape (N, C, P, Q).

    Raises:
        ValueError: If ``feat`` or ``rois`` has another shape.
    """
    if feat.ndim != 4 or rois.ndim != 2 or rois.shape[1] != 5:
        raise ValueError('`feat` must be (B, C, H, W) and `rois` (N, 5), got '
                         f'{tuple(feat.shape)} and {tuple(rois.shape)}')
    rois = rois.detach().to(feat.dtype)
    offset = 0.5 if aligned else 0.
    start = rois[:, 1:3] * spatial_scale - offset  # (N, 2): x, y
    side = rois[:, 3:5] * spatial_scale - offset - start
    if not aligned:
        side = side.clamp(min=1.)
    bins_y, bins_x = output_size
    rows = _weights(start[:, 1], side[:, 1], bins_y, feat.shape[2],
                    sampling_ratio)  # (N, P, H)
    cols = _weights(start[:, 0], side[:, 0], bins_x, feat.shape[3],
                    sampling_ratio)  # (N, Q, W)
    out = feat.new_zeros(len(rois), feat.shape[1], bins_y, bins_x)
    if len(rois) == 0:
        return out + feat.sum() * 0  # keeps the graph of the features
    for image, cells in enumerate(feat):
        chosen = (rois[:, 0] == image).nonzero().flatten()
        if len(chosen):
            strips = torch.einsum('nph,chw->ncpw', rows[chosen], cells)
            pooled = torch.einsum('ncpw,nqw->ncpq', strips, cols[chosen])
            out = out.index_copy(0, chosen, pooled)
    return out


def _weights(start: Tensor, side: Tensor, bins: int, cells: int,
             sampling_ratio: int) -> Tensor:
    """Share of each cell in each bin along one axis, (N, bins, cells)."""
    bin_side = side / bins
    if sampling_ratio > 0:
        count = torch.full_like(side, sampling_ratio)
    else:
        count = bin_side.ceil().clamp(min=0)
    most = max(int(count.max()), 1) if len(count) else 1
    step = torch.arange(most, dtype=start.dtype, device=start.device)
    bin_index = torch.arange(bins, dtype=start.dtype, device=start.device)
    # an empty box has no sample and pools to 0
    divisor = count.clamp(min=1)[:, None, None]
    where = (start[:, None, None] + bin_side[:, None, None] *
             (bin_index[:, None] + (step + 0.5) / divisor))  # (N, bins, S)
    # samples more than one cell outside count as 0, others as the border
    used = (where >= -1) & (where <= cells) & (step < count[:, None, None])
    where = where.clamp(0, cells - 1)
    centres = torch.arange(cells, dtype=start.dtype, device=start.device)
    tent = (1 - (where[..., None] - centres).abs()).clamp(min=0)
    return (tent * used[..., None]).sum(2) / divisor  # (N, bins, cells)
