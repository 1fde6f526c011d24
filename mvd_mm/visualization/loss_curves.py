"""Loss curves from the logs that MMEngine writes."""
import json
from pathlib import Path
from typing import Dict, List, Tuple

__all__ = ['read_losses', 'save_loss_curves']

Curves = Dict[str, List[Tuple[int, float]]]


def read_losses(work_dir: str) -> Curves:
    """Read the losses of the newest run in a work directory.

    Args:
        work_dir (str): Of ``tools/train.py``.

    Returns:
        dict: Points (iteration, value) of every loss.

    Raises:
        FileNotFoundError: If no run has logged there.
    """
    logs = sorted(Path(work_dir).glob('*/vis_data/scalars.json'))
    if not logs:
        raise FileNotFoundError(
            f'`work_dir` {str(work_dir)!r} holds no */vis_data/scalars.json: '
            'train into it first')
    curves: Curves = {}
    for line in logs[-1].read_text().splitlines():
        entry = json.loads(line)
        for key, value in entry.items():
            if 'loss' in key and 'step' in entry:
                curves.setdefault(key, []).append((entry['step'], value))
    return curves


def save_loss_curves(stages: Dict[str, str], path: str) -> None:
    """Draw the losses of several runs, three in a row, into a PNG file.

    Args:
        stages (dict[str, str]): Title and work directory of each run.
        path (str): The PNG file.
    """
    # start-up time: only pictures need matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    columns = min(len(stages), 3)
    rows = -(-len(stages) // columns)
    figure = Figure(figsize=(4 * columns, 3.2 * rows), dpi=110)
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for axis in axes[len(stages):]:
        axis.set_axis_off()  # the last row may have places left
    for axis, (title, work_dir) in zip(axes, stages.items()):
        curves = read_losses(work_dir)
        for name, points in curves.items():
            if name != 'loss' and points == curves.get('loss'):
                continue  # the only term of the sum, which it would hide
            axis.plot(*zip(*points), label=name, linewidth=1.3)
        axis.set_title(title, fontsize=10)
        axis.set_xlabel('iteration')
        axis.grid(alpha=0.3)
        axis.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path)
