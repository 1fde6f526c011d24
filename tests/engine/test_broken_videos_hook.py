"""Each broken file once over all processes; the limit is on their sum."""
from types import SimpleNamespace

import pytest

from mvd_mm.datasets.broken_videos import BrokenVideos
from mvd_mm.engine import BrokenVideosHook, broken_videos_hook


def runner_of(*ledgers, **more):
    parts = [SimpleNamespace(broken_videos=ledger) for ledger in ledgers]
    dataset = SimpleNamespace(
        datasets=parts[:1] +
        [SimpleNamespace(dataset=part) for part in parts[1:]])
    loader = SimpleNamespace(dataset=dataset)
    return SimpleNamespace(train_dataloader=loader, epoch=0, iter=0, **more)


def test_names_each_file_once_and_counts_per_epoch(log_lines):
    ledgers = BrokenVideos(50), BrokenVideos(50)
    runner = runner_of(*ledgers)
    hook = BrokenVideosHook(interval=1)
    hook.before_train(runner)
    ledgers[0].add(3, 'a.mp4', 'empty')
    ledgers[0].add(3, 'a.mp4', 'empty')
    ledgers[1].add(4, 'b.mp4', 'cut')
    hook.after_train_iter(runner, 0)
    hook.after_train_epoch(runner)
    ledgers[0].add(3, 'a.mp4', 'empty')
    runner.epoch = 1
    hook.after_train_epoch(runner)
    runner.epoch = 2
    hook.after_train_epoch(runner)
    assert log_lines == [
        'skipped a.mp4: empty', 'skipped b.mp4: cut',
        'broken videos: 2 of 100 so far; 3 samples of epoch 1 were replaced',
        'broken videos: 2 of 100 so far; 1 samples of epoch 2 were replaced'
    ]


def test_adds_what_other_processes_found(log_lines, monkeypatch):
    """As if each of two processes had found one file of its own."""
    monkeypatch.setattr(broken_videos_hook, 'get_world_size', lambda: 2)
    monkeypatch.setattr(
        broken_videos_hook, 'all_gather_object', lambda value:
        [value, 5 if isinstance(value, int) else {
            'c.mp4': 'cut'
        }])
    ledger = BrokenVideos(100)
    runner = runner_of(ledger)
    hook = BrokenVideosHook(max_share=0.02)
    hook.before_train(runner)
    ledger.add(0, 'a.mp4', 'empty')
    hook.after_train_epoch(runner)
    assert log_lines == [
        'skipped a.mp4: empty', 'skipped c.mp4: cut',
        'broken videos: 2 of 100 so far; 6 samples of epoch 1 were replaced'
    ]
    ledger.add(1, 'b.mp4', 'text')
    with pytest.raises(RuntimeError, match='3 of 100.*(?s:.*)b.mp4: text'):
        hook.after_train_epoch(runner)


def test_without_the_hook_the_data_set_names_files(log_lines):
    ledger = BrokenVideos(10)
    for index in (0, 1, 0):
        ledger.add(index, 'a.mp4', 'empty')
    assert log_lines == ['skipped a.mp4: empty']
    assert ledger.total() == 3


@pytest.mark.parametrize('name, value', [('max_share', -0.1),
                                         ('max_share', 1.1), ('interval', 0)])
def test_rejects_bad_arguments(name, value):
    with pytest.raises(ValueError, match=f'`{name}`'):
        BrokenVideosHook(**{name: value})
