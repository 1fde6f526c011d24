"""A picture of what the student sees, is asked for, and predicts."""
# Shapes: B clips, T frames, L tokens, M hidden tokens, F width of features;
# T', H', W' is the token grid.
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np
import torch
from torch import Tensor

from .feature_change import change_over_time

__all__ = [
    'FeatureColours', 'change_rows', 'clip_rows', 'rows_image', 'save_rows'
]

# an array, or images of several sizes
Rows = List[Tuple[str, Any]]
_GREY = 0.82
_RISE, _FALL = (0.70, 0.09, 0.17), (0.13, 0.40, 0.67)
_HIDDEN = 'in the row "visible tokens": hidden from the student'
_SEEN = "in the student's rows: tokens that it sees and need not predict"
_CHANGES = (
    (_RISE, 'change: above the mean over time of the same place, along\nthe '
     "main direction of the changes of the frames or the teacher"),
    (_FALL, 'change: below that mean'),
    (1., 'change: none'),
)


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


def clip_rows(clip: Tensor, mask: Tensor, grid: Tuple[int, int, int],
              branches: Dict[str, Dict[str, Tensor]],
              colours: Dict[str, FeatureColours]) -> Rows:
    """Rows of one clip: frames, what is visible, targets and predictions.

    Args:
        clip (Tensor): Frames in 0..1, shape (3, T, H, W).
        mask (Tensor): bool, shape (L, ), True means hidden.
        grid (tuple[int, int, int]): Token grid (T', H', W').
        branches (dict): For each teacher its features to draw, ``feats``
            (L, F), and the student's at the hidden tokens, ``pred`` (M, F).
            Without ``pred`` there is no row of predictions.
        colours (dict): For each teacher the colours of its features.

    Returns:
        list: Name and T' images of each row, (T', h, w, 3) in 0..1.
    """
    slices, rows_of, columns = grid
    frames = _firsts(clip, slices).cpu().numpy()
    hidden = mask.cpu().numpy().reshape(grid)
    patch = (frames.shape[1] // rows_of, frames.shape[2] // columns)
    big = hidden.repeat(patch[0], 1).repeat(patch[1], 2)[..., None]
    rows = [('frames', frames),
            ('visible tokens', np.where(big, _GREY, frames))]
    for name, branch in branches.items():
        target = colours[name](branch['feats']).reshape(*grid, 3)
        rows.append((f'{name} teacher', target))
        if 'pred' in branch:
            pred = np.full((*grid, 3), _GREY, dtype=np.float32)
            pred[hidden] = colours[name](branch['pred'])
            rows.append((f'student, for {name}', pred))
    return rows


def change_rows(clip: Tensor, mask: Tensor, grid: Tuple[int, int, int],
                branches: Dict[str, Dict[str, Tensor]]) -> Rows:
    """Rows of one clip: how frames, features and predictions change over time.

    The change of a pixel or token is its difference from its mean over time.
    It is drawn along one direction: red above the mean, blue below, white for
    none. For frames this is the main direction of the changes of colour; for
    features and predictions it is that of the teacher's changes in this clip.
    The student's changes are scaled to the spread of the teacher's; the name
    of the row has the factor.

    Args:
        clip (Tensor): Frames in 0..1, shape (3, T, H, W).
        mask (Tensor): bool, shape (L, ), True means hidden.
        grid (tuple[int, int, int]): Token grid (T', H', W').
        branches (dict): As of :func:`clip_rows`, with ``pred``, shape (M, F).

    Returns:
        list: Name and T' images of each row, (T', h, w, 3) in 0..1.
    """
    mask = mask.cpu()
    rows: Rows = [('frames:\nchange', _colour_changes(clip.cpu(), grid[0]))]
    for name, branch in branches.items():
        feats = branch['feats'].detach().float().cpu()
        pred = torch.zeros_like(feats)
        pred[mask] = branch['pred'].detach().float().cpu()
        change, found = (change_over_time(values[None], known[None], grid)[0]
                         for values, known in ((feats, torch.ones_like(mask)),
                                               (pred, mask)))
        axis = _main_direction(change)
        change, found = change @ axis, found @ axis
        limit = change.abs().quantile(0.98).clamp(min=1e-6)
        spread, own = change[mask].std(), found[mask].std()
        factor = float(spread / own) if own > 1e-6 else 1.
        times = f'{factor:.0f}' if factor >= 10 else f'{factor:.2g}'
        images = _signed_colours((factor * found / limit).reshape(grid))
        images[~mask.numpy().reshape(grid)] = _GREY
        rows += [(f'{name} teacher:\nchange',
                  _signed_colours((change / limit).reshape(grid))),
                 (f'student, for {name}:\nchange \u00d7 {times}', images)]
    return rows


def _firsts(clip: Tensor, slices: int) -> Tensor:
    """Frame 0 of each tubelet, (T', H, W, 3)."""
    return clip[:, ::clip.shape[1] // slices].permute(1, 2, 3, 0)


def _main_direction(changes: Tensor) -> Tensor:
    """Unit vector (F, ) along which changes (N, F) are largest."""
    return torch.linalg.eigh(changes.T @ changes)[1][:, -1]


def _colour_changes(clip: Tensor, slices: int) -> np.ndarray:
    frames = _firsts(clip.float(), slices)
    change = frames - frames.mean(0)
    change = change @ _main_direction(change.flatten(0, 2))  # (T', H, W)
    # few pixels change at all: the others set no scale
    moved = change.abs()[change.abs() > 0.02]
    limit = moved.quantile(0.9) if len(moved) else torch.tensor(1.)
    return _signed_colours(change / limit)


def _signed_colours(values: Tensor) -> np.ndarray:
    """Map -1..1 to blue, white, red."""
    share = values.clamp(-1, 1).numpy()[..., None]
    colour = np.where(share > 0, _RISE, _FALL)
    return 1 - abs(share) * (1 - colour)


def save_rows(rows: Rows,
              path: str,
              title: str,
              columns: Optional[Sequence[str]] = None,
              legend: bool = False,
              size: float = 1.15) -> None:
    """Draw the rows, one column per time slice, into a PNG file.

    Args:
        rows (list): Name and images of each row, see :func:`clip_rows` and
            :func:`change_rows`.
        path (str): The PNG file.
        title (str): Written above the rows; may have several lines.
        columns (Sequence[str], optional): Written above each column.
        legend (bool): Explain grey and the colours of changes below.
        size (float): Side of an image in inches, of 110 dots.
    """
    _figure_of(rows, title, columns, legend, size).savefig(path)


def rows_image(rows: Rows,
               title: str,
               columns: Optional[Sequence[str]] = None,
               legend: bool = False) -> np.ndarray:
    """Draw the rows as :func:`save_rows` does; RGB, uint8, (H, W, 3)."""
    figure = _figure_of(rows, title, columns, legend)
    figure.canvas.draw()
    return np.array(figure.canvas.buffer_rgba())[..., :3]


def _figure_of(rows: Rows,
               title: str,
               columns: Optional[Sequence[str]],
               legend: bool,
               size: float = 1.15) -> Any:
    # start-up time: only pictures need matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    number = max(len(images) for _, images in rows)
    entries = _legend_of(rows) if legend else []
    above = 0.18 * (title.count('\n') + 1) + (0.33 if columns else 0.12)
    lines = sum(text.count('\n') + 1 for _, text in entries)
    below = 0.19 * lines + 0.06 * len(entries) + 0.1
    width = max(size * number + 1.6, 5.4)
    height = size * len(rows) + above + below
    figure = Figure(figsize=(width, height), dpi=110)
    FigureCanvasAgg(figure)
    axes = figure.subplots(len(rows), number, squeeze=False)
    for line, (name, images) in zip(axes, rows):
        for axis in line[len(images):]:
            axis.set_axis_off()
        for axis, image in zip(line, images):
            axis.imshow(image, interpolation='nearest')
            axis.set(xticks=[], yticks=[])
            for side in axis.spines.values():
                side.set(color='0.75', linewidth=0.5)
        line[0].text(
            -0.08,
            0.5,
            name,
            transform=line[0].transAxes,
            ha='right',
            va='center',
            fontsize=10)
    for axis, text in zip(axes[0], columns or ()):
        axis.set_title(text, fontsize=9, pad=4)
    figure.suptitle(title, fontsize=10, y=1 - 0.08 / height)
    figure.subplots_adjust(
        left=1.5 / width,
        right=1 - 0.1 / width,
        bottom=below / height,
        top=1 - above / height,
        wspace=0.04,
        hspace=0.06)
    if entries:
        _add_legend(figure, entries)
    return figure


def _legend_of(rows: Rows) -> List[Tuple[Any, str]]:
    """Colours and words for what the rows hold."""
    names = ' '.join(name for name, _ in rows)
    greys = [
        text for text, word in ((_HIDDEN, 'visible'), (_SEEN, 'student'))
        if word in names
    ]
    entries: List[Tuple[Any, str]] = []
    if greys:
        entries.append((_GREY, '\n'.join(greys)))
    if 'change' in names:
        entries += _CHANGES
    return entries


def _add_legend(figure: Any, entries: Sequence[Tuple[Any, str]]) -> None:
    nowhere = figure.add_axes((0, 0, 1, 0.01))
    nowhere.set_axis_off()
    handles = [
        nowhere.scatter([], [],
                        marker='s',
                        s=110,
                        color=colour if isinstance(colour, tuple) else
                        (colour, ) * 3,
                        edgecolors='0.4',
                        label=text) for colour, text in entries
    ]
    figure.legend(
        handles=handles, loc='lower center', fontsize=8.5, frameon=False)
