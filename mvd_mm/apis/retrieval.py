"""The nearest clips in a file of features, as a picture."""
import json
from pathlib import Path
from typing import Optional, Sequence

import numpy as np
from mmengine.fileio import join_path

from mvd_mm.datasets.class_names import read_class_names
from mvd_mm.datasets.transforms.checked_decord_init import CheckedDecordInit
from mvd_mm.visualization.contact_sheet import Tile, nearest, save_sheet
from .feature_files import read_features

__all__ = ['draw_nearest']


def draw_nearest(features: Path,
                 out: Path,
                 videos: Optional[str] = None,
                 queries: Optional[Sequence[str]] = None,
                 number: int = 6,
                 neighbours: int = 5,
                 classes: Optional[Path] = None) -> float:
    """Draw clips with their nearest clips of other videos.

    Args:
        features (Path): File of :func:`.extract_features`.
        out (Path): Picture to write, ending in .png.
        videos (str, optional): Folder that the names start from; the one that
            the features were extracted from by default.
        queries (Sequence[str], optional): Names of videos; evenly spread ones
            by default.
        number (int): How many queries, if they are not named.
        neighbours (int): Neighbours of each query.
        classes (Path, optional): Names of the classes, one a line.

    Returns:
        float: Share of the shown neighbours that have the query's class; NaN
        where there are no labels.

    Raises:
        FileNotFoundError: If there is no such file.
        ImportError: If it is a table, and pyarrow is missing.
        KeyError: If a query is not in the file.
        ValueError: If it is no file of features, there are not two videos in
            it, or a number is out of range.
    """
    if out.suffix != '.png':
        raise ValueError(f'`out` must end in .png, got {out}')
    if number < 1 or neighbours < 1:
        raise ValueError('`number` and `neighbours` must be at least 1, got '
                         f'{number} and {neighbours}')
    data = read_features(features)
    names, labels = data['names'], data['labels']
    meta = json.loads(str(data['meta']))
    if len(set(names)) < 2:
        raise ValueError(f'`features` {features} has clips of a single video, '
                         'which has no neighbours')
    if queries is None:
        rows = np.linspace(0,
                           len(names) - 1, min(number, len(names))).astype(int)
    else:
        unknown = [query for query in queries if query not in names]
        if unknown:
            raise KeyError(f'`queries` {unknown} are not in {features}; it '
                           f'has {sorted(set(names))[:5]}, ...')
        # the middle window of each
        rows = np.array([
            found[len(found) // 2]
            for found in (np.flatnonzero(names == q) for q in queries)
        ])
    words = None if classes is None else read_class_names(classes)
    prefix = meta['prefix'] if videos is None else videos
    found = nearest(data['features'], names, rows.tolist(), neighbours)
    flat = data['features'].reshape(len(names), -1).astype(np.float64)

    def tile(row: int, query: int) -> Tile:
        path = str(names[row]) if prefix is None else join_path(
            prefix, str(names[row]))
        text = str(names[row])
        # the end tells more; the line is as wide as the picture
        text = text if len(text) <= 28 else f'…{text[-27:]}'
        middle = (data['begin'][row] + data['end'][row]) / 2
        text += f'\n{middle:.1f} s'
        if labels[row] >= 0:
            text += ', ' + (
                words[labels[row]] if words is not None
                and labels[row] < len(words) else f'class {labels[row]}')
        same = None
        if row != query:
            lengths = np.linalg.norm(flat[row]) * np.linalg.norm(flat[query])
            similarity = flat[row] @ flat[query] / max(lengths, 1e-12)
            text += f'\nsimilarity {similarity:.3f}'
            if labels[row] >= 0:
                same = bool(labels[row] == labels[query])
        return Tile(_frame(path, middle), text, same)

    sheet = [[tile(query, query), *(tile(i, query) for i in near)]
             for query, near in zip(rows.tolist(), found)]
    save_sheet(
        sheet, out,
        f'nearest clips of other videos by cosine similarity: {features.name}')
    judged = [t.same for row in sheet for t in row[1:] if t.same is not None]
    return float(np.mean(judged)) if judged else float('nan')


def _frame(path: str, seconds: float) -> np.ndarray:
    """A frame of a video that was readable when its features were."""
    reader = CheckedDecordInit()._get_video_reader(path)
    number = min(int(seconds * reader.get_avg_fps()), len(reader) - 1)
    return reader.get_batch([number]).asnumpy()[0]
