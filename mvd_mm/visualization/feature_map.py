"""Features of clips as points in the plane, coloured by class."""
from pathlib import Path
from typing import Any, List, Sequence, Tuple

import numpy as np

from mvd_mm.utils.atomic import whole_file
from .timeline import COLOURS, OTHER

__all__ = ['GROUPS', 'neighbour_plane', 'save_feature_map']

_MARKERS = 'oPXs'
#: groups that are told apart by colour and form
GROUPS = len(COLOURS) * len(_MARKERS)


def neighbour_plane(features: np.ndarray,
                    perplexity: float = 30.,
                    seed: int = 0) -> Tuple[np.ndarray, float]:
    """Lay features out so that near ones stay near: t-SNE.

    Distances are those of the angle, as in the search for nearest clips.
    Distances between groups and the sizes of groups mean nothing.

    Args:
        features (np.ndarray): Shape (N, ...), float; N is 5 at least.
        perplexity (float): About how many neighbours count; at most a third
            of N.
        seed (int): Of the optimisation.

    Returns:
        tuple[np.ndarray, float]: Points (N, 2), and the perplexity that was
        used.

    Raises:
        ValueError: If there are fewer than 5 rows, or ``perplexity`` is not
            positive.
    """
    if len(features) < 5:
        raise ValueError('`features` has clips too few for a map: '
                         f'{len(features)}, 5 are needed')
    if not perplexity > 0:
        raise ValueError(f'`perplexity` must be positive, got {perplexity}')
    # start-up time: only this picture needs it
    from sklearn.manifold import TSNE
    perplexity = min(perplexity, (len(features) - 1) / 3)
    flat = features.reshape(len(features), -1).astype(np.float32)
    # the mean, which all clips share, would hide how they differ
    flat = flat - flat.mean(0)
    norms = np.linalg.norm(flat, axis=1, keepdims=True)
    flat = flat / np.maximum(norms, 1e-12)
    points = TSNE(
        perplexity=perplexity, init='pca',
        random_state=seed).fit_transform(flat)
    return points, perplexity


def save_feature_map(points: np.ndarray, groups: Sequence[str], path: Path,
                     title: str, kind: str) -> None:
    """Draw points with a colour and a form for each group, as PNG.

    Args:
        points (np.ndarray): Shape (N, 2).
        groups (Sequence[str]): Name of the group of each point. The largest
            :data:`GROUPS` have signs of their own, the rest is grey.
        path (Path): File to write, ending in .png.
        title (str): Above the picture.
        kind (str): What the groups are, e.g. ``'class'``.
    """
    # start-up time: only pictures need matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    labels = np.array(groups)
    names, counts = np.unique(labels, return_counts=True)
    shown = sorted(names[np.argsort(-counts, kind='stable')][:GROUPS])
    figure = Figure(figsize=(8.2, 6), dpi=110)
    FigureCanvasAgg(figure)
    axis = figure.subplots()
    rest = ~np.isin(labels, shown)
    signs: List[Any] = [(name, labels == name, COLOURS[i % len(COLOURS)],
                         _MARKERS[i // len(COLOURS)])
                        for i, name in enumerate(shown)]
    if rest.any():
        others = len(names) - len(shown)
        signs.insert(0, (f'{others} others', rest, OTHER, '.'))
    for name, those, colour, marker in signs:
        # of a path the end tells more
        short = name if len(name) <= 28 else f'…{name[-27:]}'
        axis.scatter(
            points[those, 0],
            points[those, 1],
            s=34,
            color=colour,
            marker=marker,
            alpha=.8,
            linewidths=0,
            label=f'{short} ({those.sum()})')
    axis.set(xticks=[], yticks=[])
    axis.set_xlabel('near points are similar clips; the axes have no unit, '
                    'distances\nbetween groups and their sizes no meaning')
    axis.set_title(title, fontsize=11)
    axis.legend(
        title=f'{kind} (clips)',
        fontsize=8,
        loc='upper left',
        bbox_to_anchor=(1.01, 1),
        borderaxespad=0,
        ncol=1 if len(signs) <= 22 else 2)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as partial:
        figure.savefig(partial, format='png', bbox_inches='tight')
