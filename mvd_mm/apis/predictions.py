"""Class scores of videos, and their tables."""
import csv
import io
import json
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

import numpy as np

from mvd_mm.utils.atomic import write_text

__all__ = [
    'Prediction', 'WindowScores', 'best_classes', 'check_table_name',
    'write_predictions'
]

_COLUMNS = ('video', 'begin', 'end', 'rank', 'label', 'class', 'probability',
            'error')


class WindowScores(NamedTuple):
    """Scores of a part of a video.

    Args:
        begin (float): Seconds from the beginning of the video.
        end (float): Likewise.
        scores (np.ndarray): Probabilities, float32, shape (K, ).
    """

    begin: float
    end: float
    scores: np.ndarray


class Prediction(NamedTuple):
    """What was found in a video.

    Args:
        video (str): Its name.
        windows (tuple[WindowScores]): In the order of time; one, unless the
            video was looked at in sliding windows. None for a broken video.
        error (str): Why it could not be read; '' if it could.
    """

    video: str
    windows: Tuple[WindowScores, ...]
    error: str = ''

    @property
    def scores(self) -> np.ndarray:
        """Mean over the windows, shape (K, )."""
        return np.mean([window.scores for window in self.windows], axis=0)


def best_classes(scores: np.ndarray, names: Sequence[str],
                 top_k: int) -> List[Tuple[int, str, float]]:
    """Label, name and probability of the best classes, the best first.

    Args:
        scores (np.ndarray): Probabilities, shape (K, ).
        names (Sequence[str]): K names.
        top_k (int): How many; all of them if there are fewer.

    Raises:
        ValueError: If ``top_k`` is below 1.
    """
    if top_k < 1:
        raise ValueError(f'`top_k` must be at least 1, got {top_k}')
    order = np.argsort(-scores, kind='stable')[:top_k]
    return [(int(c), names[c], float(scores[c])) for c in order]


def check_table_name(path: Path) -> str:
    """The ending of a table's name.

    Raises:
        ValueError: If no table has it.
    """
    suffix = path.suffix.lower()
    if suffix not in ('.csv', '.json'):
        raise ValueError('a table of predictions is a file ending in .csv or '
                         f'.json, got {path}')
    return suffix


def write_predictions(predictions: Sequence[Prediction], names: Sequence[str],
                      path: Path, top_k: int) -> None:
    """Write a table.

    A csv file has a line for each class shown of each window. In a json file
    each video has its best classes over all windows as well.

    Args:
        predictions (Sequence[Prediction]): In the order of the table.
        names (Sequence[str]): Of the classes.
        path (Path): Ends in .csv or .json.
        top_k (int): Classes shown of each window.

    Raises:
        ValueError: If the name ends otherwise.
    """
    suffix = check_table_name(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(
        path,
        _csv(predictions, names, top_k) if suffix == '.csv' else _json(
            predictions, names, top_k))


def _csv(predictions: Sequence[Prediction], names: Sequence[str],
         top_k: int) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator='\n')
    writer.writerow(_COLUMNS)
    for each in predictions:
        if each.error:
            writer.writerow([each.video, *[''] * 6, each.error])
        for window in each.windows:
            times = [f'{t:.3f}' for t in (window.begin, window.end)]
            best = best_classes(window.scores, names, top_k)
            for rank, (label, name, share) in enumerate(best, 1):
                writer.writerow([
                    each.video, *times, rank, label, name, f'{share:.6f}', ''
                ])
    return file.getvalue()


def _json(predictions: Sequence[Prediction], names: Sequence[str],
          top_k: int) -> str:

    def classes(scores: np.ndarray) -> List[Dict[str, Any]]:
        return [{
            'label': label,
            'class': name,
            'probability': round(share, 6)
        } for label, name, share in best_classes(scores, names, top_k)]

    rows: List[Dict[str, Any]] = []
    for each in predictions:
        if each.error:
            rows.append({'video': each.video, 'error': each.error})
            continue
        row = {'video': each.video, 'classes': classes(each.scores)}
        if len(each.windows) > 1:
            row['windows'] = [{
                'begin': round(window.begin, 3),
                'end': round(window.end, 3),
                'classes': classes(window.scores)
            } for window in each.windows]
        rows.append(row)
    return json.dumps(rows, indent=2, ensure_ascii=False) + '\n'
