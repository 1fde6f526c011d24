"""AMD on the rendered set: its loss falls, its student plugs in."""
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.hooks import Hook
from mmengine.registry import DefaultScope
from mmengine.runner import Runner

from demo.motion_shapes.render import render
from demo.motion_shapes.settings import describe
from mvd_mm.registry import MODELS

CONFIGS = Path(__file__).parents[1] / 'configs'
pytest.importorskip('decord')
pytestmark = pytest.mark.slow


class Record(Hook):
    """Losses of each iteration."""

    def __init__(self):
        self.losses = []

    def after_train_iter(self, runner, batch_idx, data_batch, outputs):
        self.losses.append({k: float(v) for k, v in outputs.items()})


@pytest.fixture(scope='module')
def videos(tmp_path_factory):
    root = tmp_path_factory.mktemp('motion_shapes')
    render(root, describe(num_train=20, num_val=10), 1)
    return root


def config(pattern, videos, work_dir):
    path, = CONFIGS.glob(pattern)
    cfg = Config.fromfile(path)
    dataset = cfg.train_dataloader.dataset
    dataset.update(
        ann_file=str(videos / 'train.txt'),
        data_prefix=dict(video=str(videos)))
    cfg.train_dataloader.batch_size = 10
    cfg.work_dir = str(work_dir)
    cfg.randomness.seed = 0
    cfg.optim_wrapper.dtype = 'float32'
    return cfg


def train(cfg):
    record = Record()
    with DefaultScope.overwrite_default_scope('mmaction'):
        runner = Runner.from_cfg(cfg)
        runner.register_hook(record)
        runner.train()
    return record.losses


def mean(losses, key):
    return sum(entry[key] for entry in losses) / len(losses)


@pytest.fixture(scope='module')
def student(videos, tmp_path_factory):
    """Losses of a run of 20 iterations from a teacher of 4, and its file."""
    root = tmp_path_factory.mktemp('runs')
    teacher = config('mvd/quickstart/videomae_vit-micro-p8_*.py', videos,
                     root / 'teacher')
    teacher.train_cfg.max_epochs = 2
    train(teacher)
    cfg = config('amd/quickstart/*.py', videos, root / 'amd')
    cfg.train_cfg.max_epochs = 10
    cfg.model.teacher.checkpoint = str(root / 'teacher' / 'epoch_2.pth')
    return train(cfg), root / 'amd' / 'epoch_10.pth'


def test_every_loss_falls(student):
    losses, _ = student
    assert len(losses) == 20
    for key in ('loss_pixels', 'loss_direct', 'loss_generation', 'loss'):
        assert mean(losses[-4:], key) < mean(losses[:4], key), key


def test_the_student_becomes_a_recogniser(student):
    _, path = student
    weights = torch.load(path, weights_only=False)['state_dict']
    assert not any(key.startswith('teacher.') for key in weights)
    leaf, = CONFIGS.glob('mvd/quickstart/vit-micro-p8_*_motion-shapes-rgb.py')
    cfg = Config.fromfile(leaf).model
    cfg.backbone.init_cfg.checkpoint = str(path)
    with DefaultScope.overwrite_default_scope('mmaction'):
        model = MODELS.build(cfg)
    model.init_weights()
    own = model.backbone.state_dict()
    for key in weights:
        name = key.replace('backbone.', '', 1)
        if key.startswith('backbone.') and name in own:
            assert (own[name] == weights[key]).all(), name
    assert 'blocks.3.mlp.layers.1.weight' in own
