"""Loss, learning rate and a metric of several runs, in one picture."""
from pathlib import Path
from typing import Dict

from mvd_mm.utils.atomic import whole_file
from .loss_curves import finish_panel, plot_points
from .run_logs import read_metric, read_values

__all__ = ['save_run_curves']


def save_run_curves(runs: Dict[str, str],
                    path: Path,
                    metric: str = 'acc/top1') -> None:
    """Draw the curves of several runs into a PNG file with three panels.

    Args:
        runs (dict[str, str]): Work directory, or csv file of
            :func:`.save_log_table`, by the name in the legend.
        path (Path): File to write, ending in .png.
        metric (str): MMEngine's name of the validations' metric.

    Raises:
        FileNotFoundError: If a run has not logged anything.
        ValueError: If there is no run, or a csv file is of another kind.
    """
    if not runs:
        raise ValueError('`runs` is empty: name a work directory')
    # start-up time: only pictures need matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    figure = Figure(figsize=(12, 3.6), dpi=110)
    FigureCanvasAgg(figure)
    loss, rate, score = figure.subplots(1, 3)
    for number, (title, work_dir) in enumerate(runs.items()):
        # the same in all panels, also where a run has nothing to show
        colour = f'C{number}'
        curves = read_values(work_dir, lambda key: key in ('loss', 'lr'))
        for axis, key in ((loss, 'loss'), (rate, 'lr')):
            if key in curves:
                plot_points(axis, curves[key], title, colour=colour)
        points = read_metric(work_dir, metric)
        if points:
            plot_points(score, points, title, 'o', colour)
    finish_panel(loss, 'training loss', 'iteration', 'loss')
    finish_panel(rate, 'learning rate', 'iteration',
                 'learning rate of the first group')
    finish_panel(score, f'validation: {metric}', 'epoch', metric)
    low, high = score.get_xlim()
    if high - low < 2:  # a single validation: whole epochs beside it
        score.set_xlim((low + high) / 2 - 1, (low + high) / 2 + 1)
    score.xaxis.get_major_locator().set_params(integer=True)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as partial:
        figure.savefig(partial, format='png')
