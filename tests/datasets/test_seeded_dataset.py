"""What a sample draws depends on seed, epoch and sample alone."""
import random

import numpy as np
import torch

from mvd_mm.datasets import SeededDataset


class Draws:
    """Draw from three generators."""

    metainfo = dict(classes=('a', ))

    def __len__(self):
        return 5

    def __getitem__(self, index):
        return (index, random.random(), np.random.rand(), torch.rand(
            ()).item())


def test_draws_do_not_depend_on_what_was_drawn_before():
    dataset = SeededDataset(Draws(), seed=1)
    first = [dataset[2, index] for index in range(5)]
    assert [dataset[2, index] for index in reversed(range(5))] == first[::-1]
    torch.rand(7)
    assert SeededDataset(Draws(), seed=1)[2, 3] == first[3]


def test_draws_differ_between_seeds_epochs_and_samples():
    seen = [
        SeededDataset(Draws(), seed)[epoch, index][1:] for seed in (0, 1)
        for epoch in range(3) for index in range(5)
    ]
    for column in zip(*seen):
        assert len(set(column)) == len(seen)


def test_is_as_long_as_what_it_wraps_and_has_its_facts():
    dataset = SeededDataset(Draws(), seed=0)
    dataset.full_init()
    assert len(dataset) == 5 and dataset.metainfo == dict(classes=('a', ))
    assert SeededDataset([1, 2], seed=0).metainfo == {}
