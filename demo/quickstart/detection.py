"""Detection: from the quickstart's student to a detector of actions."""
from pathlib import Path
from typing import Dict, NamedTuple, Optional, Tuple

from mmengine.config import Config

from ..action_shapes.parameters import VERSION, describe
from ..action_shapes.render import render
from .arguments import read_record, write_record
from .clock import Clock
from .data import render_motions
from .detection_report import report
from .places import CONFIGS, RUNS, cache_dir
from .plan import pretrain, stages_of
from .runs import Options, short_options, test, train, worker_options
from .stage import Stage

PRETRAININGS = ('mae', 'videomae', 'mvd')
# folder, title, minutes on two cores; a bad student fails first
DETECTORS = (
    ('detection_mvd', 'detector from the MVD student', 3.1),
    ('detection_scratch', 'detector from scratch', 3.1),
)
CHECKPOINT = 'model.backbone.init_cfg.checkpoint'


class ActionSet(NamedTuple):
    """A rendered set and what the config must know of it.

    Args:
        annotations (Path): Folder of the annotations.
        options (dict): ``--cfg-options``.
    """

    annotations: Path
    options: Options


def render_actions(smoke: bool) -> ActionSet:
    """Render the set of actors, once per user.

    Args:
        smoke (bool): A few videos only.
    """
    num_train, num_val = (32, 16) if smoke else (960, 160)
    # a folder per version: older ones may be in use by another clone
    root = cache_dir() / f'action_shapes-v{VERSION}-{num_train}'
    render(root, describe(num_train=num_train, num_val=num_val))
    print(f'videos: {root}')
    annotations = root / 'annotations'
    lines = (annotations / 'cfg_options.txt').read_text().splitlines()
    return ActionSet(annotations, dict(line.split('=', 1) for line in lines))


def find_student(runs: Path, config: Path) -> Optional[Path]:
    """Find the newest student of a finished quickstart.

    Args:
        runs (Path): Folder of the quickstarts' folders.
        config (Path): Of the student. Runs with another config have another
            network; runs with ``--smoke`` have fewer epochs. Both are
            passed over.

    Returns:
        Path: The checkpoint; None if there is none.
    """
    last = f'epoch_{Config.fromfile(config).train_cfg.max_epochs}.pth'
    found = [
        path for path in runs.glob(f'*/mvd/{last}')
        if (path.parent / config.name).is_file()
    ]
    return max(found, key=lambda path: path.stat().st_mtime, default=None)


def plan(work_dir: Path, with_pretraining: bool) -> Dict[str, Stage]:
    """Name the trainings by their folders, in order."""
    before = stages_of(work_dir, 'quickstart')
    stages = {
        name: before[name]._replace(title=before[name].title.split(' ', 1)[1])
        for name in PRETRAININGS if with_pretraining
    }
    config, = (CONFIGS / 'quickstart').glob('vit-*_*_action-shapes-rgb.py')
    stages.update((name, Stage(title, config, work_dir / name, weight))
                  for name, title, weight in DETECTORS)
    return {
        name: stage._replace(title=f'{number}/{len(stages)} {stage.title}')
        for number, (name, stage) in enumerate(stages.items(), 1)
    }


def choose_student(wanted: Optional[Path], smoke: bool) -> Optional[Path]:
    """Choose the student to start from; None: it has to be trained."""
    if wanted is None and not smoke:  # a smoke run takes every step
        config = stages_of(RUNS, 'quickstart')['mvd'].config
        wanted = find_student(RUNS, config)
    print(f'MVD student: {wanted or "none yet, it is trained first"}')
    return wanted


def detect(student: Optional[Path], smoke: bool, seed: int,
           work_dir: Path) -> Tuple[str, Path]:
    """Train detectors from a student and from scratch, and compare them.

    Args:
        student (Path, optional): Checkpoint; None: that of the newest
            finished quickstart, or, without one, it is trained first.
        smoke (bool): Every step in half a minute; without ``student`` it is
            trained, even if there is a finished quickstart.
        seed (int): Of all runs.
        work_dir (Path): Where everything goes.

    Returns:
        tuple: The table, in Markdown, and the path of the report.
    """
    record = read_record(work_dir)
    if 'chosen_student' in record:  # before an interruption
        student = record['chosen_student'] and Path(record['chosen_student'])
    else:
        student = choose_student(student, smoke)
        write_record(work_dir, {**record, 'chosen_student': student})
    short = short_options(smoke)
    stages = plan(work_dir, student is None)
    clock = Clock(list(stages.values()))
    if student is None:
        data = render_motions(smoke, mini=False)
        pretrainings = {name: stages[name] for name in PRETRAININGS}
        options = {**data.options, **short, **worker_options(['train'])}
        student = Path(pretrain(pretrainings, options, seed, clock)['mvd'])
    actions = render_actions(smoke)
    options = {
        **actions.options,
        **short,
        **worker_options(['train', 'val', 'test'])
    }
    checkpoints, dumps = {}, {}
    for name, _, _ in DETECTORS:
        stage = stages[name]
        start = {CHECKPOINT: student if name == 'detection_mvd' else None}
        checkpoints[name] = train(stage, {**options, **start}, seed, clock)
        dumps[name] = stage.work_dir / 'predictions.pkl'
        # the tested weights are all in the checkpoint
        test(stage, checkpoints[name], {
            **options, CHECKPOINT: None
        }, '--dump', dumps[name])
    how = f'Seed {seed}, student: {student}.'
    detectors = {name: stages[name] for name, _, _ in DETECTORS}
    return report(work_dir, detectors, checkpoints, dumps, actions.annotations,
                  seed, how)
