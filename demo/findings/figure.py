"""The table as bars: means, with the range over seeds."""
from pathlib import Path
from typing import List

from .plan import RANDOM, STUDENTS, TASKS, TEACHERS, TITLES
from .scenes import CLASSES
from .table import MEASURES, Results, summarise

COLOURS = dict(appearance='#4878a8', motion='#d1803c')


def save_figure(seeds: List[Results], path: Path) -> None:
    """Draw a panel for each measure into a PNG file.

    Args:
        seeds (list[dict]): What ``run_seed`` returns, one or more.
        path (Path): The PNG file.
    """
    # start-up time: only pictures need matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    figure = Figure(figsize=(10, 4.2), dpi=110)
    FigureCanvasAgg(figure)
    measures = [measure for measure in MEASURES if measure in seeds[0]]
    axes = figure.subplots(1, len(measures), squeeze=False)[0]
    height = .8 / len(TASKS)
    for axis, measure in zip(axes, measures):
        names = [
            name for name in (RANDOM, *TEACHERS, *STUDENTS)
            if name in seeds[0][measure]
        ]
        for row, task in enumerate(TASKS):
            spreads = [
                spread for name in names
                if (spread := summarise(seeds, measure, name, task))
            ]
            means = [spread.mean for spread in spreads]
            axis.barh([k + (row - .5) * height for k in range(len(names))],
                      means,
                      height,
                      label=task,
                      color=COLOURS[task],
                      xerr=[[spread.mean - spread.low for spread in spreads],
                            [spread.high - spread.mean for spread in spreads]],
                      error_kw=dict(capsize=2, linewidth=1))
            axis.axvline(
                100 / len(CLASSES[task]), color='#777777', lw=.8, ls=':')
        axis.set_yticks(range(len(names)), [TITLES[name] for name in names])
        axis.set_title(f'{MEASURES[measure]}, {len(seeds)} seeds', fontsize=10)
        axis.set_xlabel('top-1 on held-out clips in %, dotted: chance')
        axis.set_xlim(0, 100)
        axis.grid(alpha=.3, axis='x')
    for axis in axes:
        axis.invert_yaxis()
    axes[0].legend(fontsize=8, loc='lower right')
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
