"""Means and spreads over seeds, as a table."""
from statistics import mean
from typing import Dict, List, NamedTuple, Optional

from .plan import RANDOM, STUDENTS, TASKS, TEACHERS, TITLES

Results = Dict[str, Dict[str, Dict[str, float]]]  # of one seed
#: what is measured: key of the results and heading
MEASURES = dict(probe='linear probe', finetune='fine-tuned')


class Spread(NamedTuple):
    """Accuracies of several seeds, in percent.

    Args:
        mean (float): Their mean.
        low (float): The lowest.
        high (float): The highest.
    """

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        if self.low == self.high:  # one seed
            return f'{self.mean:.1f}'
        return f'{self.mean:.1f} ({self.low:.1f} to {self.high:.1f})'


def summarise(seeds: List[Results], measure: str, name: str,
              task: str) -> Optional[Spread]:
    """Mean and spread of one number; None where it was not measured."""
    values = [
        seed[measure][name][task] for seed in seeds
        if name in seed.get(measure, {})
    ]
    if not values:
        return None
    return Spread(mean(values), min(values), max(values))


def format_results(seeds: List[Results]) -> str:
    """Markdown of mean (lowest to highest), one row for each network.

    Args:
        seeds (list[dict]): What ``run_seed`` returns, one or more.
    """
    columns = [(measure, task) for measure in MEASURES if measure in seeds[0]
               for task in TASKS]
    lines = [
        '| held-out clips, top-1 in percent | ' +
        ' | '.join(f'{MEASURES[measure]}: {task}'
                   for measure, task in columns) + ' |',
        '| --- |' + ' ---: |' * len(columns)
    ]
    for name in (RANDOM, *TEACHERS, *STUDENTS):
        cells = [
            summarise(seeds, measure, name, task) for measure, task in columns
        ]
        if any(cells):
            lines.append(f'| {TITLES[name]} | ' +
                         ' | '.join('' if cell is None else str(cell)
                                    for cell in cells) + ' |')
    return '\n'.join(lines)
