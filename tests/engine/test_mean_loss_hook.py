"""What is logged are means over the processes."""
from types import SimpleNamespace

import torch

from mvd_mm.engine import MeanLossHook, mean_loss_hook

NAN = float('nan')


def logged(monkeypatch, outputs, others=(), max_skips=0):
    """What one process logs beside others."""

    def all_reduce(tensor):
        for other in others:
            values = torch.tensor(list(other.values()), dtype=torch.float64)
            finite = torch.isfinite(values)
            tensor += torch.stack([values.nan_to_num(0., 0., 0.), finite])

    monkeypatch.setattr(mean_loss_hook, 'get_world_size',
                        lambda: 1 + len(others))
    monkeypatch.setattr(torch.distributed, 'all_reduce', all_reduce)
    hook = MeanLossHook()
    runner = SimpleNamespace(hooks=[SimpleNamespace(max_skips=max_skips)])
    hook.before_train(runner)
    outputs = dict(outputs)
    hook.after_train_iter(runner, 0, None, outputs)
    return outputs


def test_one_process_logs_its_own_numbers(monkeypatch):
    found = logged(monkeypatch, dict(loss=torch.tensor(2.), acc=0.5))
    assert found == dict(loss=2., acc=0.5)


def test_several_log_means(monkeypatch):
    found = logged(
        monkeypatch, dict(loss=torch.tensor(1.), acc=0.),
        [dict(loss=2., acc=1.), dict(loss=6., acc=0.5)])
    assert found == dict(loss=3., acc=0.5)


def test_a_process_without_a_finite_loss_does_not_count(monkeypatch):
    found = logged(monkeypatch, dict(loss=torch.tensor(1.)), [dict(loss=NAN)])
    assert found == dict(loss=1.)


def test_nan_everywhere_is_logged_unless_its_step_may_be_left_out(monkeypatch):
    outputs = dict(loss=torch.tensor(NAN), acc=0.5)
    others = [dict(loss=NAN, acc=0.5)]
    found = logged(monkeypatch, outputs, others)
    assert found['loss'] != found['loss'] and found['acc'] == 0.5
    assert logged(monkeypatch, outputs, others, 1) == dict(acc=0.5)
