"""A run that meets NaN stops there and keeps the batch."""
from types import SimpleNamespace
from uuid import uuid4

import pytest
import torch
from mmaction.structures import ActionDataSample
from mmengine.config import Config
from mmengine.model import BaseModel
from mmengine.registry import MODELS
from mmengine.runner import Runner
from torch.utils.data import DataLoader

from mvd_mm.engine import FiniteLossHook


@MODELS.register_module(force=True)
class ModelOfOneWeight(BaseModel):
    """Its loss is weight * mean of the clips; also of MVD's two parts."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(1))

    def forward(self, inputs, data_samples=None, mode='loss'):
        mean = torch.stack(inputs).mean()
        return dict(loss_image=self.weight * mean, loss_video=self.weight * 1)


def train(tmp_path, clips, hook, batch_size=2):
    samples = [
        dict(inputs=clip, data_samples=ActionDataSample().set_gt_label(i))
        for i, clip in enumerate(clips)
    ]
    runner = Runner(
        model=dict(type='ModelOfOneWeight'),
        work_dir=str(tmp_path),
        train_dataloader=DataLoader(
            samples,
            batch_size=batch_size,
            collate_fn=lambda batch:
            {k: [sample[k] for sample in batch]
             for k in batch[0]}),
        train_cfg=dict(by_epoch=True, max_epochs=2),
        optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.25)),
        custom_hooks=[hook],
        experiment_name=uuid4().hex,
        default_scope='mmaction',
        log_level='ERROR',
        cfg=Config(dict(model=None)))
    runner.train()
    return runner


@pytest.mark.parametrize('bad', [float('nan'), float('inf')])
def test_stops_with_iteration_batch_and_way_out(tmp_path, bad):
    clips = torch.ones(8, 3)
    clips[5] = bad  # third batch
    with pytest.raises(FloatingPointError) as raised:
        train(tmp_path, clips, dict(type='mvd_mm.FiniteLossHook'))
    text = str(raised.value)
    for part in ('loss_image', 'iteration 3 (epoch 1, batch 3', 'rate 0.25',
                 'bfloat16', 'of label tensor([5])'):
        assert part in text, text
    assert 'loss_video' not in text
    kept = torch.load(
        tmp_path / 'nonfinite_loss_iter_3_rank_0.pth', weights_only=False)
    torch.testing.assert_close(
        torch.stack(kept['batch']['inputs']), clips[4:6], equal_nan=True)
    # two updates of 0.25 times a gradient of 2, from 1
    assert kept['losses']['loss_video'] == 0.
    assert not torch.isfinite(torch.tensor(kept['losses']['loss']))


def test_finite_losses_are_left_alone(tmp_path):
    runner = train(tmp_path, torch.ones(4, 3),
                   dict(type='mvd_mm.FiniteLossHook'))
    assert runner.iter == 4 and not list(tmp_path.glob('nonfinite*'))


def test_names_of_files_are_told_where_the_pipeline_packed_them(tmp_path):
    sample = ActionDataSample(metainfo=dict(filename='videos/a.mp4'))
    runner = SimpleNamespace(
        work_dir=str(tmp_path),
        iter=6,
        epoch=1,
        optim_wrapper=SimpleNamespace(get_lr=lambda: dict(lr=[1e-4, 1e-3])))
    with pytest.raises(FloatingPointError, match=r"\['videos/a.mp4'\]"):
        FiniteLossHook().after_train_iter(
            runner, 2, dict(data_samples=[sample]),
            dict(loss=torch.tensor(float('nan'))))
