"""Draws depend on the stated numbers alone."""
import random

import numpy as np
import torch

from mvd_mm.utils.randomness import seed_everything


def draws(*key):
    seed_everything(*key)
    return random.random(), np.random.rand(), torch.rand(()).item()


def test_the_same_numbers_give_the_same_draws():
    first = draws(0, 1, 2)
    torch.rand(9), np.random.rand(9), random.random()
    assert draws(0, 1, 2) == first


def test_other_numbers_give_other_draws():
    keys = [(s, e, i) for s in (0, 1) for e in (0, 1) for i in range(50)]
    keys += [(0, ), (0, 0), (1, ), (2**40, 1, 3)]
    for column in zip(*(draws(*key) for key in keys)):
        assert len(set(column)) == len(keys)
