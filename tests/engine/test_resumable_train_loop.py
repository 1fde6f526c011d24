"""An interrupted run ends with the bits of the one that was not."""
import os
import signal

import pytest
import torch
from mmengine.hooks import Hook

ITERS = 7  # an epoch


class Stop(Hook):
    """Send a signal at an iteration, or break off after it."""

    def __init__(self, at, number=None):
        self.at, self.number = at, number

    def after_train_iter(self, runner, *args, **kwargs):
        if runner.iter + 1 == self.at:
            if self.number is None:
                raise InterruptedError
            os.kill(os.getpid(), self.number)


def whole_run(make_runner, path, **kwargs):
    runner = make_runner(path / 'whole', **kwargs)
    runner.train()
    return runner


# within an epoch of 7, at its end and in the last; where an accumulation
# reaches over the end of an epoch, and where the signal comes in its middle
@pytest.mark.parametrize('stop, counts, workers', [
    (1, 1, 0),
    (5, 3, 0),
    (7, 1, 0),
    (7, 2, 0),
    (10, 2, 0),
    (10, 1, 2),
    (14, 3, 0),
    (20, 1, 0),
])
def test_told_to_stop_and_resumed_it_ends_with_the_same_bits(
        make_runner, resumed, same, tmp_path, stop, counts, workers):
    cfg = dict(workers=workers, counts=counts)
    whole = whole_run(make_runner, tmp_path, counts=counts)
    runner = make_runner(
        tmp_path / 'run', hooks=[Stop(stop, signal.SIGTERM)], **cfg)
    with pytest.raises(SystemExit) as exit_:
        runner.train()
    assert exit_.value.code == 128 + signal.SIGTERM
    again = resumed(tmp_path / 'run', **cfg)
    assert same(whole, again)
    seen = runner.model.seen + again.model.seen
    assert len(seen) == len(whole.model.seen) == 3 * ITERS
    assert all(map(torch.equal, seen, whole.model.seen))


@pytest.mark.parametrize('stop, counts', [(9, 1), (15, 2)])
def test_killed_it_goes_on_from_the_last_epoch_with_the_same_bits(
        make_runner, resumed, same, tmp_path, stop, counts):
    whole = whole_run(make_runner, tmp_path, counts=counts)
    with pytest.raises(InterruptedError):
        make_runner(
            tmp_path / 'run', hooks=[Stop(stop)], counts=counts).train()
    again = resumed(tmp_path / 'run', counts=counts)
    assert same(whole, again)
    # what was pending at the epoch's end, 7 iterations, was in the file
    assert len(again.model.seen) == 3 * ITERS - stop // ITERS * ITERS


def test_samples_do_not_depend_on_workers_but_on_epoch(make_runner, tmp_path):
    shown = []
    for workers in (0, 2):
        runner = make_runner(
            tmp_path / str(workers), workers=workers, epochs=2)
        runner.train()
        shown.append(runner.model.seen)
    assert all(map(torch.equal, *shown))
    rows = [
        torch.cat(shown[0][e * ITERS:(e + 1) * ITERS]).sort(0).values
        for e in (0, 1)
    ]
    assert torch.equal(rows[0][:, 0], rows[1][:, 0])  # each sample once
    assert not torch.isin(rows[0][:, 1:], rows[1][:, 1:]).any()


def test_seeds_differ(make_runner, same, tmp_path):
    runs = []
    for index, number in enumerate((0, 0, 1)):
        runs.append(make_runner(tmp_path / str(index), seed=number, epochs=1))
        runs[-1].train()
    assert same(runs[0], runs[1]) and not same(runs[0], runs[2])


def test_a_run_without_a_seed_resumes_with_that_of_its_checkpoint(
        make_runner, resumed, tmp_path):
    first = make_runner(tmp_path / 'run', seed=None, hooks=[Stop(9, 15)])
    with pytest.raises(SystemExit):
        first.train()
    again = resumed(tmp_path / 'run', seed=None)
    assert again.seed == first.seed
    indices = torch.cat(first.model.seen[ITERS:] + again.model.seen)[:2 *
                                                                     ITERS, 0]
    assert sorted(indices.tolist()) == list(range(2 * ITERS))


def test_an_interrupted_validation_is_made_up(make_runner, resumed, same,
                                              tmp_path):

    class StopInValidation(Hook):

        def after_val_iter(self, runner, *args, **kwargs):
            if runner.epoch == 2:
                raise InterruptedError

    whole = whole_run(make_runner, tmp_path)
    with pytest.raises(InterruptedError):
        make_runner(tmp_path / 'run', hooks=[StopInValidation()]).train()
    again = resumed(tmp_path / 'run')
    assert same(whole, again)
    values = again.message_hub.get_scalar('val/mean').data[0]
    assert len(values) == 3


@pytest.mark.parametrize('batch_size, iters', [(4, 6), (1, 20)])
def test_another_batch_size_goes_on_after_the_same_share_of_the_epoch(
        make_runner, resumed, tmp_path, batch_size, iters):
    first = make_runner(tmp_path, hooks=[Stop(10, signal.SIGTERM)])
    with pytest.raises(SystemExit):
        first.train()  # after 3 of 7 batches of the second epoch
    again = resumed(tmp_path, batch_size=batch_size)
    length = -(-14 // batch_size)
    assert again.iter == 3 * length
    assert len(again.model.seen) == 3 * length - iters
    scheduler, = again.param_schedulers
    assert scheduler.last_step == scheduler.end - 1 == 3 * length - 1


def test_refuses_a_sampler_whose_order_is_not_known(make_runner, tmp_path):
    runner = make_runner(tmp_path)
    runner._train_dataloader['sampler'] = dict(type='InfiniteSampler')
    with pytest.raises(ValueError, match='needs DefaultSampler'):
        runner.train()
