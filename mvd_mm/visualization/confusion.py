"""Which classes are taken for which."""
import pickle
from pathlib import Path
from typing import Optional, Sequence, Tuple

import numpy as np

from mvd_mm.utils.atomic import whole_file

__all__ = ['confusion_of', 'most_confused', 'save_confusion']

_WRITTEN = 25  # classes up to which each cell has its number


def confusion_of(dump: Path) -> np.ndarray:
    """Count the true and the predicted classes of a test.

    Args:
        dump (Path): Pickle of ``tools/test.py --dump``.

    Returns:
        np.ndarray: int64, shape (K, K); a row is a true class.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it does not hold one label and K scores of each video.
    """
    if not dump.is_file():
        raise FileNotFoundError(f'`dump`: there is no file {dump}; write it '
                                'with tools/test.py --dump')
    try:
        with dump.open('rb') as file:
            samples = pickle.load(file)
        scores = np.stack([np.asarray(s['pred_score']) for s in samples])
        labels = np.stack([np.asarray(s['gt_label']) for s in samples])
        labels = labels.reshape(len(samples))  # one label each
        number = scores.shape[1]
    except (KeyError, IndexError, TypeError, ValueError,
            pickle.UnpicklingError) as error:
        raise ValueError(f'`dump` {dump} does not hold the scores and one '
                         f'label of each video: {error}') from None
    if labels.min() < 0 or labels.max() >= number:
        raise ValueError(f'`dump` {dump} has labels {labels.min()} to '
                         f'{labels.max()}, but scores of {number} classes')
    cells = labels.astype(np.int64) * number + scores.argmax(1)
    return np.bincount(cells, minlength=number**2).reshape(number, number)


def most_confused(counts: np.ndarray, most: int) -> Sequence[Tuple[int, int]]:
    """Pairs of a true and a predicted class with most mistakes."""
    wrong = counts - np.diag(np.diag(counts))
    order = np.argsort(-wrong.ravel(), kind='stable')[:most]
    rows, columns = np.unravel_index(order, counts.shape)
    return [(int(r), int(c)) for r, c in zip(rows, columns) if wrong[r, c]]


def save_confusion(counts: np.ndarray,
                   path: Path,
                   names: Optional[Sequence[str]] = None,
                   title: str = '') -> None:
    """Draw a confusion matrix as PNG; colours are shares of a row.

    Args:
        counts (np.ndarray): See :func:`confusion_of`.
        path (Path): File to write, ending in .png.
        names (Sequence[str], optional): Of the K classes.
        title (str): Above the picture.

    Raises:
        ValueError: If there are not K names.
    """
    number = len(counts)
    if names is None:
        names = [str(label) for label in range(number)]
    if len(names) != number:
        raise ValueError(f'`names` has {len(names)} names, the test has '
                         f'{number} classes')
    # start-up time: only pictures need matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    shares = 100 * counts / np.maximum(counts.sum(1, keepdims=True), 1)
    side = min(max(5., .38 * number + 2.5), 24.)
    figure = Figure(figsize=(side + 1, side), dpi=110)
    FigureCanvasAgg(figure)
    axis = figure.subplots()
    image = axis.imshow(shares, cmap='Blues', vmin=0, vmax=100)
    ticks = np.arange(0, number, max(1, -(-number // 60)))
    short = [
        names[i] if len(names[i]) <= 28 else f'{names[i][:27]}…' for i in ticks
    ]
    axis.set_xticks(ticks, short, rotation=90, fontsize=7)
    axis.set_yticks(ticks, short, fontsize=7)
    axis.set(xlabel='predicted class', ylabel='true class')
    if number <= _WRITTEN:
        for row, column in np.argwhere(counts):
            axis.text(
                column,
                row,
                counts[row, column],
                ha='center',
                va='center',
                fontsize=7,
                color='white' if shares[row, column] > 55 else 'black')
    right, total = int(np.trace(counts)), int(counts.sum())
    axis.set_title(
        f'{title}\n{right} of {total} videos right '
        f'({100 * right / max(total, 1):.1f} %)'.strip(),
        fontsize=10)
    figure.colorbar(image, label='% of the true class', shrink=.7)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as partial:
        figure.savefig(partial, format='png')
