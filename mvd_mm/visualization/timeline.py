"""A picture of the classes of a video over time."""
from pathlib import Path
from typing import List, Sequence, Tuple, Union

import numpy as np

from mvd_mm.utils.atomic import whole_file
from .class_video import sampled_frames

__all__ = ['chosen_classes', 'save_timeline']

# told apart by colour-blind eyes too (Okabe and Ito)
COLOURS = ('#e69f00', '#56b4e9', '#009e73', '#d55e00', '#cc79a7', '#0072b2',
           '#b8a600')
OTHER = '#999999'


def chosen_classes(scores: np.ndarray, most: int) -> List[int]:
    """Classes to draw: those that are best somewhere, then the best means.

    Args:
        scores (np.ndarray): Probabilities, shape (N, K).
        most (int): How many at most.

    Returns:
        list[int]: Labels; the one that is best in most windows first.
    """
    wins = np.bincount(scores.argmax(1), minlength=scores.shape[1])
    order = np.lexsort((-scores.mean(0), -wins))
    return order[:most].tolist()


def save_timeline(video: Union[str, np.ndarray],
                  times: Sequence[Tuple[float, float]],
                  scores: np.ndarray,
                  names: Sequence[str],
                  path: Path,
                  title: str = '',
                  most: int = 5,
                  fps: float = 25.) -> None:
    """Draw frames, the best class and the probabilities over time, as PNG.

    Args:
        video (str or np.ndarray): A file, or RGB frames, uint8 of shape
            (T, H, W, 3).
        times (Sequence[tuple[float, float]]): Begin and end of each of N
            windows, in seconds.
        scores (np.ndarray): Their probabilities, shape (N, K).
        names (Sequence[str]): K names.
        path (Path): File to write, ending in .png.
        title (str): Above the picture.
        most (int): Number of classes drawn, 7 at most: there are no more
            colours that are told apart.
        fps (float): Frames a second of an array.

    Raises:
        ValueError: If the video cannot be read.
    """
    # start-up time: only pictures need matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    spans = np.asarray(times, dtype=float)
    middles, end = spans.mean(1), spans.max()
    shown = chosen_classes(scores, min(most, len(COLOURS)))
    colour = {label: COLOURS[i] for i, label in enumerate(shown)}
    first = sampled_frames(video, 1, fps)[0]
    # as many as fit side by side into the strip, about five times as wide
    # as it is high
    frames = sampled_frames(
        video, max(2, round(5.1 * first.shape[0] / first.shape[1])), fps)
    figure = Figure(figsize=(10, 5.2), dpi=110)
    FigureCanvasAgg(figure)
    top, bar, lower = figure.subplots(
        3, 1, sharex=True, height_ratios=(2.2, .35, 3))
    width = end / len(frames)
    for i, frame in enumerate(frames):
        top.imshow(
            frame, extent=(i * width, (i + 1) * width, 0, 1), aspect='auto')
    top.set(yticks=[], xlim=(0, end), ylim=(0, 1))
    top.set_title(title, fontsize=11)
    # a window stands for what is nearer to its middle than to any other's
    edges = np.concatenate([[0], (middles[1:] + middles[:-1]) / 2, [end]])
    for label, low, high in zip(scores.argmax(1), edges[:-1], edges[1:]):
        bar.axvspan(low, high, color=colour.get(int(label), OTHER), lw=0)
    bar.set(yticks=[.5], yticklabels=['best'], ylim=(0, 1))
    for label in shown:
        lower.plot(
            middles,
            100 * scores[:, label],
            color=colour[label],
            marker='o',
            markersize=3,
            label=names[label])
    if any(int(label) not in colour for label in scores.argmax(1)):
        lower.plot([], [], color=OTHER, lw=6, label='another class is best')
    lower.set(
        xlabel=f'seconds (points: middles of {len(spans)} windows)',
        ylabel='probability in %',
        ylim=(0, 102))
    lower.grid(alpha=.3)
    lower.legend(fontsize=8, loc='upper left', bbox_to_anchor=(1.005, 1))
    figure.tight_layout(h_pad=.4)
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as partial:
        figure.savefig(partial, format='png')
