"""Random clips of validation depend on the seed alone."""
from functools import partial
from pathlib import Path

import pytest


def validated(make_runner, work_dir, workers=0, seed=0, epochs=1):
    runner = make_runner(
        work_dir, workers=workers, seed=seed, epochs=epochs, seeded=True)
    seen = []
    process = runner.val_loop.evaluator.metrics[0].process
    runner.val_loop.evaluator.metrics[0].process = partial(
        lambda process, data_batch, data_samples: (seen.append(data_batch[
            'inputs']), process(data_batch, data_samples))[1], process)
    runner.train()
    return [batch.tolist() for batch in seen]


@pytest.fixture
def make(make_runner):

    def build(work_dir, seeded, **kwargs):
        runner = make_runner(work_dir, **kwargs)
        runner._val_loop = dict(type='mvd_mm.SeededValLoop')
        return runner

    return build


def test_each_epoch_and_any_number_of_workers_sees_the_same(make, tmp_path):
    first = validated(make, tmp_path / 'a', epochs=2)
    assert len(first) == 14 and first[:7] == first[7:]
    assert validated(make, tmp_path / 'b', workers=2) == first[:7]
    assert validated(make, tmp_path / 'c', seed=1) != first[:7]
    # clips of one validation differ from each other
    assert len({str(batch) for batch in first[:7]}) == 7


def test_a_resumed_run_finds_the_same_best_epoch(make, tmp_path):
    checkpoint = dict(save_best='mean', rule='less')
    whole = make(
        tmp_path / 'whole', seeded=True, checkpoint=checkpoint, epochs=3)
    whole.train()
    resumed = make(
        tmp_path / 'resumed',
        seeded=True,
        checkpoint=checkpoint,
        epochs=3,
        workers=1,
        resume=True,
        load_from=str(tmp_path / 'whole' / 'epoch_1.pth'))
    resumed.train()
    score, name = (
        whole.message_hub.get_info(key) for key in ('best_score', 'best_ckpt'))
    assert resumed.message_hub.get_info('best_score') == score
    assert [p.name for p in (tmp_path / 'resumed').glob('best_*')
            ] == [Path(name).name]
