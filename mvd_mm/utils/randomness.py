"""Random draws that depend on nothing but stated numbers."""
import random

import numpy as np
import torch

__all__ = ['seed_everything']


def seed_everything(*key: int) -> None:
    """Seed Python, NumPy and torch (all devices) from several numbers.

    The same numbers give the same draws whatever was drawn before; any other
    numbers give draws that are independent of them.

    Args:
        *key (int): What the draws may depend on, not negative, e.g. seed,
            rank and iteration.
    """
    # the length first: zeros at the end alone make no difference
    sequence = np.random.SeedSequence((len(key), *key))
    state = sequence.generate_state(4)
    random.seed(int(state[0]))
    np.random.seed(state[1])
    torch.manual_seed(int(state[2]) << 32 | int(state[3]))
