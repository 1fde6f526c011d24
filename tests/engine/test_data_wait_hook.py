"""A loader that is slow is noticed, a fast one is not."""
import logging
import time
from types import SimpleNamespace

import pytest
import torch
from mmengine.logging import MessageHub
from mmengine.model import BaseModel
from mmengine.runner import Runner
from torch.utils.data import Dataset

from mvd_mm.engine import DataWaitHook


class Samples(Dataset):
    """Numbers that take some seconds each."""

    def __init__(self, seconds):
        self.seconds = seconds

    def __len__(self):
        return 12

    def __getitem__(self, index):
        time.sleep(self.seconds)
        return torch.ones(2)


class Model(BaseModel):
    """A step of 10 ms."""

    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(2, 1)

    def forward(self, inputs, mode):
        time.sleep(0.01)
        return dict(loss=self.layer(torch.stack(inputs)).sum())

    def train_step(self, data, optim_wrapper):
        loss = self(data, 'loss')['loss']
        optim_wrapper.update_params(loss)
        return dict(loss=loss)


@pytest.fixture
def said(monkeypatch):
    """What was warned of."""
    found = []
    monkeypatch.setattr(
        'mvd_mm.engine.data_wait_hook.print_log',
        lambda message, logger, level: found.append((message, level)))
    return found


def test_a_slow_loader_is_named_with_what_to_do(said, tmp_path):
    Runner(
        model=Model(),
        work_dir=str(tmp_path),
        train_dataloader=dict(
            dataset=Samples(0.02),
            sampler=dict(type='DefaultSampler', shuffle=False),
            collate_fn=dict(type='pseudo_collate'),
            batch_size=1,
            num_workers=0),
        train_cfg=dict(by_epoch=True, max_epochs=2),
        optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.)),
        custom_hooks=[DataWaitHook(interval=10)],
        log_level='ERROR').train()
    (message, level), = said
    assert level == logging.WARNING
    share = int(message.split(' % of the last 10')[0].split()[-1])
    assert 40 < share <= 90
    assert 'with 0 loader processes' in message
    for help in ('`train_dataloader.num_workers`', 'shrink_videos.py',
                 'docs/benchmarks.md'):
        assert help in message


def iterate(hook, waits, spent=1.):
    """Iterations of an epoch that wait for so long."""
    hub = MessageHub('data_wait')
    runner = SimpleNamespace(
        message_hub=hub, train_dataloader=SimpleNamespace(num_workers=4))
    for index, wait in enumerate(waits):
        hub.update_scalar('train/data_time', wait)
        hub.update_scalar('train/time', spent)
        hook.after_train_iter(runner, index)


@pytest.mark.parametrize('wait, warnings', [(0.29, 0), (0.31, 1)])
def test_thirty_percent_is_the_limit(said, wait, warnings):
    iterate(DataWaitHook(), [wait] * 60)
    assert len(said) == warnings


def test_the_first_iteration_of_an_epoch_does_not_count(said):
    hook = DataWaitHook(interval=4)
    for _ in range(4):
        iterate(hook, [100., 0.1])
    assert said == []


def test_it_is_said_again_only_after_a_pause(said):
    iterate(DataWaitHook(interval=2), [0.5] * 23)
    assert len(said) == 1
    iterate(DataWaitHook(interval=2, pause=0.), [0.5] * 23)
    assert len(said) == 1 + 11


def test_a_short_run_says_nothing(said):
    iterate(DataWaitHook(), [0.9] * 50)  # 49 that count
    assert said == []


@pytest.mark.parametrize('options', [
    dict(max_share=1.5),
    dict(interval=0),
    dict(pause=-1.),
])
def test_numbers_outside_their_range_are_refused(options):
    with pytest.raises(ValueError, match=f'`{next(iter(options))}`'):
        DataWaitHook(**options)
