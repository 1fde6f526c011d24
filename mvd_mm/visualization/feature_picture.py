"""A picture of what the student sees, is asked for, and predicts."""
# Shapes: B clips, T frames, L tokens, M hidden tokens, F width of features;
# T', H', W' is the token grid.
from typing import Dict, List, Tuple

import numpy as np
import torch
from torch import Tensor

__all__ = ['FeatureColours', 'clip_rows', 'save_rows']

_GREY = 0.82


class FeatureColours:
    """Map features to colours by their three main components.

    Args:
        features (Tensor): Shape (..., F), of a teacher: predictions are
            compared with them and get the same colours.
    """

    def __init__(self, features: Tensor) -> None:
        flat = features.detach().float().cpu().flatten(0, -2)  # (N, F)
        self.mean = flat.mean(0)
        centred = flat - self.mean
        covariance = centred.T @ centred / max(len(flat) - 1, 1)
        _, vectors = torch.linalg.eigh(covariance)
        self.axes = vectors[:, -3:].flip(1)  # (F, 3), largest first
        scores = centred @ self.axes
        self.low = scores.quantile(0.02, dim=0)
        self.high = scores.quantile(0.98, dim=0)

    def __call__(self, features: Tensor) -> np.ndarray:
        """Map features (..., F) to RGB colours (..., 3) in 0..1."""
        scores = (features.detach().float().cpu() - self.mean) @ self.axes
        spread = (self.high - self.low).clamp(min=1e-6)
        return ((scores - self.low) / spread).clamp(0, 1).numpy()


def clip_rows(
        clip: Tensor, mask: Tensor, grid: Tuple[int, int, int],
        branches: Dict[str, Dict[str, Tensor]],
        colours: Dict[str, FeatureColours]) -> List[Tuple[str, np.ndarray]]:
    """Rows of one clip: frames, what is visible, targets and predictions.

    Args:
        clip (Tensor): Frames in 0..1, shape (3, T, H, W).
        mask (Tensor): bool, shape (L, ), True means hidden.
        grid (tuple[int, int, int]): Token grid (T', H', W').
        branches (dict): For each teacher its features to draw, ``feats``
            (L, F), and the student's at the hidden tokens, ``pred`` (M, F).
        colours (dict): For each teacher the colours of its features.

    Returns:
        list: Name and T' images of each row, (T', h, w, 3) in 0..1.
    """
    slices, rows_of, columns = grid
    firsts = clip[:, ::clip.shape[1] // slices]  # frame 0 of each tubelet
    frames = firsts.permute(1, 2, 3, 0).cpu().numpy()  # (T', H, W, 3)
    hidden = mask.cpu().numpy().reshape(grid)
    patch = (frames.shape[1] // rows_of, frames.shape[2] // columns)
    big = hidden.repeat(patch[0], 1).repeat(patch[1], 2)[..., None]
    rows = [('frames', frames),
            ('visible tokens', np.where(big, _GREY, frames))]
    for name, branch in branches.items():
        target = colours[name](branch['feats']).reshape(*grid, 3)
        pred = np.full((*grid, 3), _GREY, dtype=np.float32)
        pred[hidden] = colours[name](branch['pred'])
        rows += [(f'{name} teacher', target), (f'student, for {name}', pred)]
    return rows


def save_rows(rows: List[Tuple[str, np.ndarray]], path: str,
              title: str) -> None:
    """Draw the rows, one column per time slice, into a PNG file.

    Args:
        rows (list): Name and images of each row, see :func:`clip_rows`.
        path (str): The PNG file.
        title (str): Written above the rows.
    """
    # start-up time: only pictures need matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    columns = max(len(images) for _, images in rows)
    figure = Figure(
        figsize=(1.1 * columns + 1.9, 1.14 * len(rows) + 0.5), dpi=110)
    FigureCanvasAgg(figure)
    axes = figure.subplots(len(rows), columns, squeeze=False)
    for line, (name, images) in zip(axes, rows):
        for axis in line:
            axis.set_axis_off()
        for axis, image in zip(line, images):
            axis.imshow(image, interpolation='nearest')
        line[0].text(
            -0.12,
            0.5,
            name,
            transform=line[0].transAxes,
            ha='right',
            va='center',
            fontsize=9)
    figure.suptitle(title, fontsize=10)
    figure.subplots_adjust(
        left=1.75 / figure.get_figwidth(),
        right=0.995,
        bottom=0.01,
        top=1 - 0.36 / figure.get_figheight(),
        wspace=0.04,
        hspace=0.06)
    figure.savefig(path)
