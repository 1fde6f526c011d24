"""The report of the quickstart: tables, curves, pictures."""
import json
from pathlib import Path
from typing import Dict, List, Tuple

import torch
from mmengine.config import Config
from mmengine.model import BaseModel

from mvd_mm.apis.pretraining import build_loader, build_pretrained
from mvd_mm.apis.pretraining_evaluation import evaluate, format_table
from mvd_mm.visualization import (FeatureColours, clip_rows, save_loss_curves,
                                  save_rows)
from .data import Data
from .finetuning import Accuracies, format_accuracies
from .plan import TEACHER
from .stage import Stage


@torch.no_grad()
def save_pictures(cfg: Config,
                  checkpoint: str,
                  val_ann_file: str,
                  folder: Path,
                  number: int = 3) -> List[Path]:
    """Draw frames, mask, teachers' features and predictions of some clips.

    Args:
        cfg (Config): Of the distillation.
        checkpoint (str): Of the student.
        val_ann_file (str): Held-out videos.
        folder (Path): Where the PNG files go.
        number (int): Of clips.

    Returns:
        list[Path]: The files.
    """
    model: BaseModel = build_pretrained(cfg, checkpoint)
    batch = next(iter(build_loader(cfg, val_ann_file)))
    prep = model.data_preprocessor
    inputs = prep(batch)['inputs']
    results = model.predict(inputs)
    for name, result in results.items():
        # the student predicts targets as its head normalises them
        head = model.branches[name]['head']
        everywhere = torch.ones(
            result['feats'].shape[:2],
            dtype=torch.bool,
            device=result['feats'].device)
        result['feats'] = head.target(result['feats'], everywhere)
    colours = {k: FeatureColours(v['feats']) for k, v in results.items()}
    clips = (inputs['imgs'] * prep.std + prep.mean) / 255
    paths = []
    for i in range(min(number, len(clips))):
        rows = clip_rows(
            clips[i].clamp(0, 1), inputs['mask'][i], model.backbone.grid_size,
            {
                k: dict(feats=v['feats'][i], pred=v['pred'][i])
                for k, v in results.items()
            }, colours)
        paths.append(folder / f'predictions_{i}.png')
        save_rows(rows, str(paths[-1]),
                  'held-out clip, one column per tubelet (frame 0 of 2)')
    return paths


def report(work_dir: Path, stages: Dict[str, Stage],
           checkpoints: Dict[str, str], data: Data, accuracies: Accuracies,
           seed: int, how: str) -> Tuple[str, Path]:
    """Evaluate the student, draw pictures, and write the report.

    Args:
        work_dir (Path): Of the quickstart; the report is a folder in it.
        stages (dict[str, Stage]): All that was trained.
        checkpoints (dict[str, str]): Of teachers and students.
        data (Data): Its held-out videos are evaluated.
        accuracies (dict): After fine-tuning; may be empty.
        seed (int): Of the run.
        how (str): Seed and videos, the first line of the report.

    Returns:
        tuple: The tables, in Markdown, and the path of the report.
    """
    cfg = Config.fromfile(stages['mvd'].config)
    options = {
        **{
            k: str(v)
            for k, v in data.options.items() if isinstance(v, Path)
        },
        TEACHER.format('image'): checkpoints['mae'],
        TEACHER.format('video'): checkpoints['videomae']
    }
    cfg.merge_from_dict(options)
    student, val = checkpoints['mvd'], str(data.val)
    results = evaluate(cfg, student, val, seed, with_probes=data.classes > 0)
    folder = work_dir / 'report'
    folder.mkdir()
    pictures = save_pictures(cfg, student, val, folder)
    save_loss_curves(
        {
            stage.title.split(' ', 1)[1]: str(stage.work_dir)
            for stage in stages.values()
        }, str(folder / 'loss_curves.png'))
    tables = [format_table(results)]
    if accuracies:
        results['finetuned'] = accuracies
        tables.append(format_accuracies(accuracies))
    if data.classes:
        tables.append(f'Chance: {100 / data.classes:.1f} %.')
    else:
        tables.append('No probes: they need classes, and the folder has no '
                      'sub-folders that name any.')
    table = '\n\n'.join(tables)
    return table, write_report(folder, table, results, pictures, how)


def write_report(folder: Path, table: str, results: Dict, pictures: List[Path],
                 how: str) -> Path:
    """Write ``report.md`` and ``results.json``."""
    (folder / 'results.json').write_text(json.dumps(results, indent=2) + '\n')
    lines = [
        '# MVD quickstart', '', how, '', table, '', '## Losses', '',
        '![losses](loss_curves.png)', '', '## Predictions', '',
        "Colours are the three main components of the teacher's features. "
        'Grey: hidden from the student in the row of what it sees, and '
        'visible tokens, which it need not predict, in the rows of its '
        'predictions.', ''
    ]
    lines += [f'![{p.stem}]({p.name})' for p in pictures]
    path = folder / 'report.md'
    path.write_text('\n'.join(lines) + '\n')
    return path
