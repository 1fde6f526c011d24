"""The order of an epoch, and a start within it."""
import pytest
from mmengine.dataset import DefaultSampler

from mvd_mm.datasets.samplers import EpochSampler


@pytest.mark.parametrize('shuffle', [True, False])
def test_the_order_is_that_of_mmengine(shuffle):
    ours = EpochSampler(range(11), seed=4, shuffle=shuffle)
    host = DefaultSampler(range(11), seed=4, shuffle=shuffle)
    for epoch in (0, 3):
        ours.set_epoch(epoch)
        host.set_epoch(epoch)
        assert list(ours) == [(epoch, index) for index in host]


def test_starts_within_one_epoch_only():
    sampler = EpochSampler(range(11), seed=0)
    whole = list(sampler)
    sampler.start_at(7)
    assert list(sampler) == whole[7:]
    assert list(sampler) == whole
    assert len(sampler) == 11


def test_a_start_at_the_end_leaves_nothing():
    sampler = EpochSampler(range(4), seed=0)
    sampler.start_at(4)
    assert list(sampler) == []


def test_processes_share_the_samples(monkeypatch):
    parts = []
    for rank in range(3):
        sampler = EpochSampler(range(10), seed=1)
        sampler.rank, sampler.world_size = rank, 3
        sampler.num_samples, sampler.total_size = 4, 12
        parts.append([index for _, index in sampler])
    assert sorted(set(sum(parts, []))) == list(range(10))
    assert [len(part) for part in parts] == [4, 4, 4]
