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
    """Draw the losses of several runs side by side into a PNG file.

    Args:
        stages (dict[str, str]): Title and work directory of each run.
        path (str): The PNG file.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    figure = Figure(figsize=(4 * len(stages), 3.2), dpi=110)
    FigureCanvasAgg(figure)
    for axis, (title, work_dir) in zip(
            figure.subplots(1, len(stages), squeeze=False)[0], stages.items()):
        for name, points in read_losses(work_dir).items():
            axis.plot(*zip(*points), label=name, linewidth=1.3)
        axis.set_title(title, fontsize=10)
        axis.set_xlabel('iteration')
        axis.grid(alpha=0.3)
        axis.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path)
