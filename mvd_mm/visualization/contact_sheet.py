"""Clips and their nearest neighbours, on one sheet."""
from pathlib import Path
from typing import List, NamedTuple, Optional, Sequence

import numpy as np

from mvd_mm.utils.atomic import whole_file

__all__ = ['Tile', 'nearest', 'save_sheet']

SAME, OTHER = '#009e73', '#d55e00'


class Tile(NamedTuple):
    """A picture on the sheet.

    Args:
        image (np.ndarray): RGB, uint8, shape (H, W, 3).
        text (str): Below it.
        same (bool, optional): Whether its class is that of the row's first
            tile; None where there are no classes.
    """

    image: np.ndarray
    text: str
    same: Optional[bool] = None


def nearest(features: np.ndarray, names: np.ndarray, queries: Sequence[int],
            number: int) -> List[List[int]]:
    """Rows of the nearest clips of other videos, the nearest first.

    Nearest means highest cosine similarity.

    Args:
        features (np.ndarray): Shape (N, ...), float.
        names (np.ndarray): Video of each row, shape (N, ). Windows of the
            query's own video are not its neighbours.
        queries (Sequence[int]): Rows to find neighbours of.
        number (int): Neighbours of each; fewer if there are no more.
    """
    flat = features.reshape(len(features), -1).astype(np.float32)
    norms = np.linalg.norm(flat, axis=1, keepdims=True)
    flat = flat / np.maximum(norms, 1e-12)
    found = []
    for query in queries:
        similarity = flat @ flat[query]
        order = np.argsort(-similarity, kind='stable')
        found.append([int(i) for i in order
                      if names[i] != names[query]][:number])
    return found


def save_sheet(rows: Sequence[Sequence[Tile]], path: Path, title: str) -> None:
    """Draw rows of tiles as PNG; the first tile of a row is the query.

    Args:
        rows (Sequence[Sequence[Tile]]): The query and its neighbours.
        path (Path): File to write, ending in .png.
        title (str): Above the sheet.

    Raises:
        ValueError: If there is nothing to draw.
    """
    if not rows:
        raise ValueError('`rows` is empty: there is no query to draw')
    # start-up time: only pictures need matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    columns = max(len(row) for row in rows)
    figure = Figure(figsize=(1.9 * columns, 1.85 * len(rows) + .75), dpi=110)
    FigureCanvasAgg(figure)
    axes = figure.subplots(len(rows), columns, squeeze=False)
    for axis in axes.ravel():
        axis.set_axis_off()
    for line, row in zip(axes, rows):
        for axis, tile in zip(line, row):
            axis.set_axis_on()
            axis.imshow(tile.image)
            # pictures of several shapes stand in one line
            axis.set(xticks=[], yticks=[], anchor='N')
            axis.set_xlabel(tile.text, fontsize=7, labelpad=2)
            colour = {None: '0.5', True: SAME, False: OTHER}[tile.same]
            for side in axis.spines.values():
                side.set(color=colour, linewidth=2.5)
    axes[0][0].set_title('query', fontsize=9)
    for number, axis in enumerate(axes[0][1:], 1):
        axis.set_title(f'neighbour {number}', fontsize=9)
    if any(tile.same is not None for row in rows for tile in row):
        for colour, text in ((SAME, 'same class as the query'),
                             (OTHER, 'another class')):
            axes[0][0].plot([], [], color=colour, lw=3, label=text)
        figure.legend(loc='lower center', ncol=2, fontsize=8, frameon=False)
    figure.suptitle(title, fontsize=10)
    figure.tight_layout(rect=(0, .03, 1, 1))
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as partial:
        figure.savefig(partial, format='png')
