"""The report of the detection quickstart: a table, curves, a video."""
import json
import pickle
from pathlib import Path
from typing import Dict, Tuple

from mmengine.config import Config

import mvd_mm.models  # noqa: F401  registers the modules
from mvd_mm.visualization import save_loss_curves
from .detection_pictures import save_drawings
from .detection_scores import MEAN, average_precision, chance_precision
from .stage import Stage

NAMES = dict(
    chance='random scores',
    detection_scratch='from scratch',
    detection_mvd='from the MVD student')


def format_precisions(results: Dict[str, Dict[str, float]]) -> str:
    """Markdown of the average precisions in percent, a row per class."""
    lines = [
        '| average precision, held-out clips | ' +
        ' | '.join(NAMES[name] for name in NAMES) + ' |',
        '| --- | ' + ' | '.join('---:' for _ in NAMES) + ' |'
    ]
    classes = dict.fromkeys(key for row in results.values() for key in row)
    for key in classes:
        title = '**mean (mAP)**' if key == MEAN else f'`{key}`'
        cells = (f'{100 * results[name][key]:.1f}'
                 if key in results[name] else '-' for name in NAMES)
        lines.append(f'| {title} | ' + ' | '.join(cells) + ' |')
    return '\n'.join(lines)


def report(work_dir: Path, stages: Dict[str, Stage],
           checkpoints: Dict[str, str], dumps: Dict[str, Path],
           annotations: Path, seed: int, how: str) -> Tuple[str, Path]:
    """Compare with chance, draw pictures, and write the report.

    Args:
        work_dir (Path): Of the quickstart; the report is a folder in it.
        stages (dict[str, Stage]): The detectors' trainings.
        checkpoints (dict[str, str]): What they left.
        dumps (dict[str, Path]): Files of predictions on held-out clips.
        annotations (Path): Folder of the set's annotations.
        seed (int): Of the random scores.
        how (str): Seed and student, the first line of the report.

    Returns:
        tuple: The table, in Markdown, and the path of the report.
    """
    best = stages['detection_mvd']
    # the config that the test wrote holds all its options
    cfg = Config.fromfile(best.work_dir / 'test' / best.config.name)
    predictions = {
        name: pickle.loads(path.read_bytes())
        for name, path in dumps.items()
    }
    results = {
        name: average_precision(cfg, found)
        for name, found in predictions.items()
    }
    results['chance'] = chance_precision(cfg, predictions['detection_mvd'],
                                         seed)
    folder = work_dir / 'report'
    folder.mkdir(exist_ok=True)
    (folder / 'results.json').write_text(json.dumps(results, indent=2) + '\n')
    save_loss_curves({}, str(folder / 'loss_curves.png'), {
        NAMES[name]: str(stages[name].work_dir)
        for name in NAMES if name in stages
    }, 'detectors', 'mAP/overall', 'validation mAP')
    drawn = save_drawings(cfg, checkpoints['detection_mvd'], annotations,
                          folder)
    video = drawn['video'].name
    table = format_precisions(results)
    lines = [
        '# MVD quickstart: detection', '', how, '', table, '',
        'Both detectors have the same network and the same training. Random '
        'scores: uniform scores for the same boxes, mean of five draws.', '',
        '## Held-out clips', '',
        'Left: annotated. Right: found by the detector from the MVD student. '
        f'All frames are in [{video}]({video}).', '',
        f"![actions]({drawn['sheet'].name})", '', '## Training', '',
        '![curves](loss_curves.png)'
    ]
    path = folder / 'report.md'
    path.write_text('\n'.join(lines) + '\n')
    return table, path
