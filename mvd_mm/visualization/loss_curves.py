"""Loss curves from the logs that MMEngine writes."""
from typing import Any, Dict, Optional

from .run_logs import Points, read_losses, read_metric

__all__ = ['finish_panel', 'plot_points', 'save_loss_curves']


def plot_points(axis: Any,
                points: Points,
                label: str,
                marker: str = '',
                colour: Optional[str] = None) -> None:
    """Add a curve to a panel; without a colour, in its next one."""
    # a single point makes no line
    axis.plot(
        *zip(*points),
        label=label,
        color=colour,
        linewidth=1.3,
        markersize=5,
        marker='o' if len(points) == 1 else marker)


def finish_panel(axis: Any, title: str, across: str, upwards: str) -> None:
    """Label a panel, and say so if it is empty."""
    axis.set_title(title, fontsize=10)
    axis.set_xlabel(across)
    axis.set_ylabel(upwards)
    axis.grid(alpha=0.3)
    if axis.lines:
        axis.legend(fontsize=8)
    else:
        axis.text(
            0.5,
            0.5,
            'nothing was logged',
            ha='center',
            va='center',
            transform=axis.transAxes,
            fontsize=9)


def _plot_losses(axis: Any, title: str, work_dir: str) -> None:
    curves = read_losses(work_dir)
    for name, points in curves.items():
        if name != 'loss' and points == curves.get('loss'):
            continue  # the only term of the sum, which it would hide
        plot_points(axis, points, name)
    finish_panel(axis, title, 'iteration', 'training loss')


def _plot_compared(axes: Any, compared: Dict[str, str], subject: str,
                   metric: str, metric_title: str) -> None:
    for title, work_dir in compared.items():
        losses = read_losses(work_dir)
        if 'loss' in losses:
            plot_points(axes[0], losses['loss'], title)
        values = [(epoch, 100 * value)
                  for epoch, value in read_metric(work_dir, metric)]
        if values:
            plot_points(axes[1], values, title, marker='o')
    finish_panel(axes[0], f'{subject}: loss', 'iteration', 'training loss')
    finish_panel(axes[1], f'{subject}: {metric_title}', 'epoch',
                 f'{metric_title} in %')
    axes[1].set_ylim(bottom=0)
    axes[1].xaxis.get_major_locator().set_params(integer=True)


def save_loss_curves(stages: Dict[str, str],
                     path: str,
                     compared: Optional[Dict[str, str]] = None,
                     subject: str = 'fine-tuning',
                     metric: str = 'acc/top1',
                     metric_title: str = 'validation accuracy') -> None:
    """Draw the losses of several runs, three in a row, into a PNG file.

    A curve of a single point is drawn as a marker.

    Args:
        stages (dict[str, str]): Title and work directory of each run that
            has a panel of its own.
        path (str): The PNG file.
        compared (dict[str, str], optional): Title and work directory of runs
            of the same kind. They share two panels: one has their losses, the
            other their validations.
        subject (str): What is compared, for the titles of these panels.
        metric (str): MMEngine's name of the validations' metric, in 0..1.
        metric_title (str): The same in words.

    Raises:
        FileNotFoundError: If a run has not logged anything.
        ValueError: If there is nothing to draw.
    """
    # start-up time: only pictures need matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    panels = len(stages) + (2 if compared else 0)
    if not panels:
        raise ValueError('`stages` and `compared` are empty: name a run')
    columns = min(panels, 3)
    rows = -(-panels // columns)
    figure = Figure(figsize=(4 * columns, 3.2 * rows), dpi=110)
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for axis in axes[panels:]:
        axis.set_axis_off()  # the last row may have places left
    for axis, (title, work_dir) in zip(axes, stages.items()):
        _plot_losses(axis, title, work_dir)
    if compared:
        _plot_compared(axes[len(stages):panels], compared, subject, metric,
                       metric_title)
    figure.tight_layout()
    figure.savefig(path)
