"""The log of a run holds the same numbers, read less often."""
import pytest
import torch
from mmengine.hooks import LoggerHook
from mmengine.logging import MessageHub

from mvd_mm.engine import DeferredInfoHook
from mvd_mm.engine.deferred_scalars import DeferredScalars


class Run:
    """What the hook asks of a runner."""

    def __init__(self, interval=3, length=7):
        self.message_hub = MessageHub('info')
        self.hooks = [LoggerHook(interval=interval)]
        self.train_dataloader = range(length)
        self.iter = 0

    def losses(self):
        scalars = self.message_hub.log_scalars
        found = scalars.get('train/loss')
        return [] if found is None else found.data[0].tolist()


@pytest.fixture
def on_a_device(monkeypatch):
    monkeypatch.setattr(DeferredScalars, '_is_far', lambda self, value: True)


def train(run, hook, iterations, seen):
    for index in range(iterations):
        hook.after_train_iter(
            run, index, outputs=dict(loss=torch.tensor(float(index))))
        seen.append(len(run.losses()))
        run.iter += 1


def test_every_loss_reaches_the_log_when_it_is_due(on_a_device):
    run, seen = Run(), []
    train(run, DeferredInfoHook(), 7, seen)
    assert seen == [0, 0, 3, 3, 3, 6, 7]
    assert run.losses() == [0, 1, 2, 3, 4, 5, 6]


def test_on_a_cpu_nothing_waits():
    run, seen = Run(), []
    train(run, DeferredInfoHook(), 3, seen)
    assert seen == [1, 2, 3]


def test_a_checkpoint_misses_no_loss(on_a_device):
    run, hook = Run(), DeferredInfoHook()
    train(run, hook, 2, [])
    checkpoint = dict(message_hub=run.message_hub.state_dict())
    hook.before_save_checkpoint(run, checkpoint)
    saved = checkpoint['message_hub']['log_scalars']['train/loss']
    assert saved.data[0].tolist() == [0, 1]


def test_an_iteration_without_outputs_is_no_fault():
    run = Run()
    DeferredInfoHook().after_train_iter(run, 0, outputs=None)
    assert run.losses() == []
