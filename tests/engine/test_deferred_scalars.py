"""Scalars of a device reach the log in order, with one wait."""
from types import SimpleNamespace

import pytest
import torch
from mmengine.hooks import LoggerHook
from mmengine.logging import MessageHub

from mvd_mm.engine.deferred_scalars import DeferredScalars


@pytest.fixture
def hub():
    return MessageHub('deferred')


@pytest.fixture
def far(monkeypatch):
    """Take every tensor for one on a GPU; count the reads."""
    reads = []
    for name in ('item', 'tolist'):
        original = getattr(torch.Tensor, name)

        def spy(tensor, original=original):
            reads.append(tuple(tensor.shape))
            return original(tensor)

        monkeypatch.setattr(torch.Tensor, name, spy)
    monkeypatch.setattr(DeferredScalars, '_is_far', lambda self, value: True)
    return reads


def history(hub, name):
    return hub.get_scalar(name).data[0].tolist()


def runner(hub, iteration=0, interval=4, length=10):
    return SimpleNamespace(
        message_hub=hub,
        iter=iteration,
        hooks=[LoggerHook(interval=interval)],
        train_dataloader=range(length))


def test_one_queue_per_run(hub):
    assert DeferredScalars.of(hub) is DeferredScalars.of(hub)
    assert DeferredScalars.of(hub) is not DeferredScalars.of(MessageHub('b'))


def test_is_in_no_checkpoint(hub):
    DeferredScalars.of(hub)
    assert 'deferred_scalars' not in hub.state_dict()['runtime_info']


def test_what_is_in_memory_is_logged_at_once(hub):
    scalars = DeferredScalars(hub)
    scalars.add('train/loss', torch.tensor(2.))
    scalars.add('train/lr', 0.5)
    assert history(hub, 'train/loss') == [2]
    assert history(hub, 'train/lr') == [0.5]
    assert not scalars.flush()


def test_what_is_far_waits_and_is_read_once(hub, far):
    scalars = DeferredScalars(hub)
    for value in (3., 1., 2.):
        scalars.add('train/loss', torch.tensor(value, requires_grad=True))
        scalars.add('train/grad_norm', torch.tensor([10 * value]))
    assert 'train/loss' not in hub.log_scalars and far == []
    assert scalars.flush()
    assert far == [(6, )]
    assert history(hub, 'train/loss') == [3, 1, 2]
    assert history(hub, 'train/grad_norm') == [30, 10, 20]
    assert not scalars.flush()


@pytest.mark.parametrize('batch, iteration, due', [
    (0, 0, False),
    (3, 3, True),
    (4, 4, False),
    (2, 7, True),
    (9, 19, True),
    (9, 9, True),
])
def test_is_read_where_the_log_is_written(hub, far, batch, iteration, due):
    scalars = DeferredScalars(hub)
    scalars.add('train/loss', torch.tensor(1.))
    scalars.flush_if_due(runner(hub, iteration), batch)
    assert ('train/loss' in hub.log_scalars) is due


def test_every_iteration_is_read_without_a_logger(hub, far):
    scalars = DeferredScalars(hub)
    scalars.add('train/loss', torch.tensor(1.))
    run = runner(hub)
    run.hooks = []
    scalars.flush_if_due(run, 0)
    assert history(hub, 'train/loss') == [1]
