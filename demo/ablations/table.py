"""Train the students of the plan, fine-tune each, write the table."""
import json
from pathlib import Path
from typing import Dict, Sequence, Tuple

from ..quickstart.clock import Clock
from ..quickstart.data import render_motions
from ..quickstart.finetuning import finetune, finetune_options
from ..quickstart.runs import short_options, train, worker_options
from ..quickstart.stage import TEACHER
from .plan import ROWS, SCRATCH, TEACHERS, stages_of

Results = Dict[str, Dict[str, float]]


def compare(names: Sequence[str], smoke: bool, seed: int,
            work_dir: Path) -> Tuple[str, Path]:
    """Train and test what is not there yet.

    Every finished run is kept, so a call may be interrupted and repeated, and
    another call may add rows. The table is written after each row.

    Args:
        names (Sequence[str]): Rows, keys of ``ROWS``.
        smoke (bool): One epoch of a few clips; nothing is learned.
        seed (int): Of all runs.
        work_dir (Path): Where everything goes.

    Returns:
        tuple: The table, in Markdown, and its path.
    """
    data = render_motions(smoke, mini=True)
    stages = stages_of(work_dir, names)
    clock = Clock(list(stages.values()))
    short = short_options(smoke)
    pretraining = {**data.options, **short, **worker_options(['train'])}
    finetuning = {
        **finetune_options(data, smoke),
        **short,
        **worker_options(['train', 'val', 'test'])
    }
    teachers = {
        TEACHER.format(branch): train(stages[folder], pretraining, seed, clock)
        for folder, branch in zip(TEACHERS, ('image', 'video'))
        if folder in stages
    }
    results: Results = {}
    table, path = '', work_dir / 'ablations.md'
    for name in (*names, SCRATCH):
        student = None
        if name != SCRATCH:
            options = dict(pretraining)
            for branch in ROWS[name].teachers:
                key = TEACHER.format(branch)
                options[key] = teachers[key]
            student = train(stages[name], options, seed, clock)
        results[name] = finetune(stages[f'finetune_{name}'], student,
                                 finetuning, seed, clock)
        table = format_results(results)
        path.write_text(
            f'# Ablations\n\nSeed {seed}, motion_shapes (hard)'
            f'{", smoke: nothing is learned" if smoke else ""}.\n\n{table}\n')
        (work_dir /
         'ablations.json').write_text(json.dumps(results, indent=2) + '\n')
    return table, path


def format_results(results: Results) -> str:
    """Markdown of accuracies by row, with the distance from the first."""
    keys = list(next(iter(results.values())))
    first = next(iter(results.values()))['top1']
    lines = [
        '| student, fine-tuned on few labels | ' +
        ' | '.join(key.replace('top', 'top-')
                   for key in keys) + ' | top-1, change |',
        '| --- |' + ' ---: |' * (len(keys) + 1)
    ]
    for name, row in results.items():
        title = ROWS[name].title if name in ROWS else 'from scratch'
        numbers = [f'{row[key]:.1f}' for key in keys]
        change = row['top1'] - first
        lines.append(
            f'| {title} | ' +
            ' | '.join([*numbers, f'{change:+.1f}' if change else '']) + ' |')
    return '\n'.join(lines)
