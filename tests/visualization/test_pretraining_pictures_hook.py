"""Pictures during a pre-training, in every backend of the visualizer."""
import json

import numpy as np
import pytest
import torch
from matplotlib.image import imread
from mmengine.config import Config
from mmengine.model import MMDistributedDataParallel
from mmengine.runner import Runner

from mvd_mm.visualization import pretraining_pictures_hook
from mvd_mm.visualization.pretraining_pictures_hook import \
    PretrainingPicturesHook


@pytest.fixture
def train(pretraining_run, tmp_path):
    """Train three epochs; the runner and the folder of its visualizer."""

    def run(name, backends=(dict(type='LocalVisBackend'), ), **pictures):
        cfg = Config.fromfile(pretraining_run[0])
        cfg.train_dataloader.num_workers = 0
        cfg.merge_from_dict(
            dict(
                work_dir=str(tmp_path / name),
                default_scope='mmaction',
                randomness=dict(seed=1),
                train_cfg=dict(type='EpochBasedTrainLoop', max_epochs=3),
                optim_wrapper=dict(optimizer=dict(type='AdamW', lr=1e-2)),
                visualizer=dict(
                    type='ActionVisualizer', vis_backends=list(backends)),
                default_hooks=dict(logger=dict(type='LoggerHook', interval=1)),
                experiment_name=name))
        if pictures:
            cfg.merge_from_dict({
                f'default_hooks.pictures.{key}': value
                for key, value in dict(
                    type='mvd_mm.PretrainingPicturesHook', **pictures).items()
            })
        runner = Runner.from_cfg(cfg)
        runner.train()
        runner.visualizer.close()
        folder, = (tmp_path / name).glob('*/vis_data')
        return runner, folder

    return run


def losses(folder):
    lines = (folder / 'scalars.json').read_text().splitlines()
    return [json.loads(line)['loss'] for line in lines]


def test_pictures_of_the_same_clips_beside_the_same_training(
        train, monkeypatch):
    rows = []
    draw = pretraining_pictures_hook.rows_image
    monkeypatch.setattr(
        pretraining_pictures_hook, 'rows_image', lambda **options:
        (rows.append(options), draw(**options))[1])
    plain, without = train('plain')
    drawn, folder = train('drawn', interval=2, number=1)
    assert losses(folder) == losses(without) and len(losses(folder)) == 9
    for one, other in zip(plain.model.parameters(), drawn.model.parameters()):
        assert torch.equal(one, other)
    assert drawn.model.training
    # every second epoch, and the last one
    files = sorted(folder.glob('vis_image/*.png'))
    assert [f.name for f in files
            ] == [f'pretraining_clip_0_{epoch}.png' for epoch in (2, 3)]
    assert all(imread(file).std() > .1 for file in files)
    assert not list(without.glob('vis_image/*'))
    early, late = rows
    assert 'after epoch 2' in early['title'] and '3' in late['title']
    for (name, one), (_, other) in zip(early['rows'], late['rows']):
        # clips, masks and teachers stay, the student learns
        assert np.array_equal(one, other) == ('student' not in name), name
    assert sum('student' in name for name, _ in early['rows']) == 2


def test_tensorboard_has_them_too(train):
    pytest.importorskip('tensorboard')
    from tensorboard.backend.event_processing.event_accumulator import \
        EventAccumulator
    _, folder = train(
        'tb', [dict(type='TensorboardVisBackend')], interval=3, number=2)
    events = EventAccumulator(str(folder), size_guidance=dict(images=0))
    events.Reload()
    assert events.Tags()['images'] == [
        'pretraining_clip_0', 'pretraining_clip_1'
    ]
    image, = events.Images('pretraining_clip_1')
    assert image.step == 3 and image.width > 300


def test_other_runs_are_refused(vit_cfg):
    with pytest.raises(ValueError, match='`interval`.*at least 1, got 0'):
        PretrainingPicturesHook(interval=0)
    hook = PretrainingPicturesHook()

    class Run:
        model = torch.nn.Linear(2, 2)

    with pytest.raises(TypeError, match='got Linear: remove the hook'):
        hook.before_train(Run)
    # not created: that would need several processes
    Run.model = object.__new__(MMDistributedDataParallel)
    torch.nn.Module.__init__(Run.model)
    Run.model.module = torch.nn.Linear(2, 2)
    with pytest.raises(TypeError, match='got Linear'):
        hook.before_train(Run)


def test_spread_weights_are_refused():
    from mmengine.model import MMFullyShardedDataParallel
    model = object.__new__(MMFullyShardedDataParallel)
    torch.nn.Module.__init__(model)

    class Run:
        pass

    Run.model = model
    with pytest.raises(ValueError, match='show_pretraining.py'):
        PretrainingPicturesHook().before_train(Run)
