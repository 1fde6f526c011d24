"""Detection: from the quickstart's student to a detector of actions."""
import sys
from pathlib import Path
from typing import Dict, NamedTuple, Optional, Tuple

from .data import TOOLS, cache_dir, render, run_tool
from .plan import CONFIGS, pretrain, stages_of
from .stage import Clock, Stage, test, train
from mmengine.config import Config

sys.path.append(str(TOOLS / 'data'))

from ..action_shapes.parameters import VERSION  # noqa: E402

RUNS = TOOLS.parent / 'work_dirs' / 'quickstart'
PRETRAININGS = ('mae', 'videomae', 'mvd')
# folder, title, minutes on two cores; a bad student fails first
DETECTORS = (
    ('detection_mvd', 'detector from the MVD student', 3.1),
    ('detection_scratch', 'detector from scratch', 3.1),
)
CHECKPOINT = 'model.backbone.init_cfg.checkpoint'


class ActionSet(NamedTuple):
    """A rendered set and what the config must know of it."""

    annotations: Path
    options: Dict[str, str]  # ``--cfg-options``


def render_actions(smoke: bool) -> ActionSet:
    """Render the set of actors, once per user."""
    num_train, num_val = (32, 16) if smoke else (960, 160)
    # a folder per version: older ones may be in use by another clone
    root = cache_dir() / f'action_shapes-v{VERSION}-{num_train}'
    run_tool(TOOLS / 'data/action_shapes/render.py', '--out', root,
             '--num-train', num_train, '--num-val', num_val)
    annotations = root / 'annotations'
    lines = (annotations / 'cfg_options.txt').read_text().splitlines()
    return ActionSet(annotations, dict(line.split('=', 1) for line in lines))


def find_student(runs: Path, config: Path) -> Optional[Path]:
    """The newest student of a finished quickstart.

    Args:
        runs (Path): Folder of the quickstarts' folders.
        config (Path): Of the student; others have another network, and
            ``--smoke`` trains fewer epochs.
    """
    last = f'epoch_{Config.fromfile(config).train_cfg.max_epochs}.pth'
    found = [
        path for path in runs.glob(f'*/mvd/{last}')
        if (path.parent / config.name).is_file()
    ]
    return max(found, key=lambda path: path.stat().st_mtime, default=None)


def plan(work_dir: Path, with_pretraining: bool) -> Dict[str, Stage]:
    """The trainings by the name of their folder, in order."""
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
    """The student to start from; None: it has to be trained."""
    if wanted is None and not smoke:  # a smoke run takes every step
        config = stages_of(RUNS, 'quickstart')['mvd'].config
        wanted = find_student(RUNS, config)
    print(f'MVD student: {wanted or "none yet, it is trained first"}')
    return wanted


def detect(student: Optional[Path], smoke: bool, seed: int,
           work_dir: Path) -> Tuple[str, Path]:
    """Train detectors from a student and from scratch, and compare them.

    Args:
        student (Path, optional): Checkpoint; None: the newest finished
            quickstart's, or it is trained.
        smoke (bool): Every step in half a minute.
        seed (int): Of all runs.
        work_dir (Path): Where everything goes.

    Returns:
        tuple: The table, in Markdown, and the path of the report.
    """
    student = choose_student(student, smoke)
    short = {
        'train_cfg.max_epochs': 1,
        'param_scheduler.end': 1,
        'param_scheduler.warmup': 0
    } if smoke else {}
    stages = plan(work_dir, student is None)
    clock = Clock(list(stages.values()))
    if student is None:
        data = render(smoke, False)
        student = pretrain({name: stages[name]
                            for name in PRETRAININGS}, {
                                **data.options,
                                **short
                            }, seed, clock)['mvd']
    actions = render_actions(smoke)
    options = {**actions.options, **short}
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
    # imported here: the progress of the trainings shows seconds earlier
    from .detection_report import report
    how = f'Seed {seed}, student: {student}.'
    detectors = {name: stages[name] for name, _, _ in DETECTORS}
    return report(work_dir, detectors, checkpoints, dumps, actions.annotations,
                  seed, how)
