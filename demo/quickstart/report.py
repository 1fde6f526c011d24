"""The report of the quickstart: tables, curves, pictures."""
import json
from pathlib import Path
from typing import Dict, List, Tuple

from mmengine.config import Config

from mvd_mm.apis.pretraining_evaluation import evaluate, format_table
from mvd_mm.visualization import save_loss_curves
from .data import Data
from .finetuning import (NAMES, TIMES, Accuracies, format_accuracies,
                         without_trivial)
from .pictures import save_early_picture, save_pictures
from .stage import TEACHER, Stage


def _config(stages: Dict[str, Stage], data: Data, mae: str) -> Config:
    """Config of the distillation, with the videos and the image teacher."""
    cfg = Config.fromfile(stages['mvd'].config)
    cfg.merge_from_dict({
        **{
            k: str(v)
            for k, v in data.options.items() if isinstance(v, Path)
        },
        TEACHER.format('image'): mae
    })
    return cfg


def show_early(work_dir: Path, stages: Dict[str, Stage], teacher: str,
               data: Data) -> None:
    """Draw what there is to see once the image teacher is trained.

    Args:
        work_dir (Path): Of the quickstart; the picture is a file in it.
        stages (dict[str, Stage]): The plan.
        teacher (str): Checkpoint of the image teacher.
        data (Data): One of its held-out videos is shown.
    """
    path = work_dir / 'early_picture.png'
    if not path.is_file():  # else an interrupted run has drawn it
        save_early_picture(_config(stages, data, teacher), str(data.val), path)
    print('  a first picture, what the student will see and what the image '
          f'teacher makes of it: {path}')


def report(work_dir: Path, stages: Dict[str, Stage],
           checkpoints: Dict[str, str], data: Data, accuracies: Accuracies,
           seed: int, how: str, obstacle: str) -> Tuple[str, Path]:
    """Evaluate the student, draw pictures, and write the report.

    Args:
        work_dir (Path): Of the quickstart; the report is a folder in it.
        stages (dict[str, Stage]): All that was trained.
        checkpoints (dict[str, str]): Of teachers and students.
        data (Data): Its held-out videos are evaluated.
        accuracies (dict): After fine-tuning; may be empty.
        seed (int): Of the run.
        how (str): Seed and videos, the first line of the report.
        obstacle (str): Why nothing was fine-tuned; '' if it was.

    Returns:
        tuple: The tables, in Markdown, and the path of the report.
    """
    cfg = _config(stages, data, checkpoints['mae'])
    cfg.merge_from_dict({TEACHER.format('video'): checkpoints['videomae']})
    student, val = checkpoints['mvd'], str(data.val)
    results = evaluate(cfg, student, val, seed, with_probes=data.classes > 0)
    folder = work_dir / 'report'
    folder.mkdir(exist_ok=True)
    pictures = save_pictures(cfg, student, val, folder)
    results['change_correlation'] = pictures.correlation
    save_loss_curves(
        {
            stage.title.split(' ', 1)[1]: str(stage.work_dir)
            for name, stage in stages.items() if name not in NAMES
        }, str(folder / 'loss_curves.png'), {
            NAMES[name]: str(stage.work_dir)
            for name, stage in stages.items() if name in NAMES
        })
    tables = [format_table(results)]
    if accuracies:
        results['finetuned'] = without_trivial(accuracies, data.classes)
        labels = 'few labels' if TIMES not in data.options else (
            f'fine-tuned on {_lines(data.train)} clips, tested on '
            f'{_lines(data.val)}')
        tables.append(format_accuracies(results['finetuned'], labels))
    if data.classes:
        tables.append(f'Chance: {100 / data.classes:.1f} %.')
    else:
        tables.append('No probes: they need classes, and the folder has no '
                      'sub-folders that name any.')
    if obstacle:
        tables.append(f'No fine-tuning: {obstacle}.')
    table = '\n\n'.join(tables)
    return table, write_report(folder, table, results, pictures.paths, how)


def _lines(path: Path) -> int:
    return len(path.read_text(encoding='utf-8').splitlines())


def write_report(folder: Path, table: str, results: Dict, pictures: List[Path],
                 how: str) -> Path:
    """Write ``report.md`` and ``results.json``."""
    (folder / 'results.json').write_text(json.dumps(results, indent=2) + '\n')
    lines = [
        '# MVD quickstart', '', how, '', table, '', '## Training', '',
        '![curves](loss_curves.png)', '', '## Predictions', '',
        'Of the held-out clips whose features change more than the median '
        "clip's, these are the ones in which the student's predictions change "
        "over time most as both teachers' features do. The correlation of the "
        'two is written above each picture. Its median over all held-out '
        f'clips is {_medians(results)}.', '',
        'Colours are the three main components of the features. A change is '
        'the difference from the mean over time of the same pixel or token. A '
        "prediction changes less than the teacher's features, because it is "
        'close to a mean of what is possible; its changes are multiplied by '
        'the factor beside the row.', ''
    ]
    lines += [f'![{p.stem}]({p.name})' for p in pictures]
    path = folder / 'report.md'
    path.write_text('\n'.join(lines) + '\n')
    return path


def _medians(results: Dict) -> str:
    return ', '.join(f'{value:.2f} ({name} teacher)'
                     for name, value in results['change_correlation'].items())
