"""A file of features as a map: which clips are similar."""
import json
from pathlib import Path
from typing import Optional, Tuple

import numpy as np

from mvd_mm.datasets.class_names import read_class_names
from mvd_mm.visualization.feature_map import neighbour_plane, save_feature_map
from .feature_files import read_features

__all__ = ['draw_feature_map']


def draw_feature_map(features: Path,
                     out: Path,
                     classes: Optional[Path] = None,
                     colour: str = 'class',
                     number: int = 5000,
                     perplexity: float = 30.,
                     seed: int = 0) -> Tuple[int, int]:
    """Draw the clips of a file of features as points: t-SNE.

    Args:
        features (Path): File of :func:`.extract_features`.
        out (Path): Picture to write, ending in .png.
        classes (Path, optional): Names of the classes, one a line.
        colour (str): 'class', 'folder' (the first one in a video's name) or
            'video' (its windows).
        number (int): Clips at most, spread evenly over the file.
        perplexity (float): See :func:`.neighbour_plane`.
        seed (int): Likewise.

    Returns:
        tuple[int, int]: Clips and groups drawn.

    Raises:
        FileNotFoundError: If there is no such file.
        ImportError: If it is a table, and pyarrow is missing.
        ValueError: If it is no file of features, has no labels to colour by,
            or an argument is out of range.
    """
    if out.suffix != '.png':
        raise ValueError(f'`out` must end in .png, got {out}')
    if colour not in ('class', 'folder', 'video'):
        raise ValueError("`colour` must be 'class', 'folder' or 'video', got "
                         f'{colour!r}')
    if number < 5:
        raise ValueError(f'`number` must be at least 5, got {number}')
    data = read_features(features)
    total = len(data['names'])
    rows = np.linspace(0, total - 1, min(number, total)).astype(int)
    names, labels = data['names'][rows], data['labels'][rows]
    if colour == 'class':
        if (labels < 0).all():
            raise ValueError(
                f'`features` {features} has no labels: extract from a list '
                "that has them, or take `colour` 'folder' or 'video'")
        words = [] if classes is None else read_class_names(classes)
        groups = [
            words[i] if 0 <= i < len(words) else f'class {i}' for i in labels
        ]
    elif colour == 'folder':
        groups = [
            str(name).rpartition('/')[0].partition('/')[0] or '.'
            for name in names
        ]
    else:
        groups = [str(name) for name in names]
    points, used = neighbour_plane(data['features'][rows], perplexity, seed)
    network = Path(json.loads(str(data['meta'])).get('network', '')).name
    save_feature_map(
        points, groups, out,
        f't-SNE of {len(rows)} clips (perplexity {used:.3g})\n'
        f'features: {network or features.name}', colour)
    return len(rows), len(set(groups))
