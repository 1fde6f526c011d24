"""Ranges of numbers that users give, checked where they arrive."""
import math
from typing import Any, Sequence

__all__ = ['check_colours', 'check_counts', 'check_shares']


def check_counts(least: int = 1, **values: Any) -> None:
    """Check that arguments are whole numbers, or sequences of them.

    Args:
        least (int): The smallest that is allowed.
        **values: Argument names and what was given; None is passed over.

    Raises:
        ValueError: If one is not a whole number from ``least`` on.
    """
    for name, value in values.items():
        parts = value if isinstance(value, (list, tuple)) else [value]
        if value is not None and not all(
                isinstance(part, int) and not isinstance(part, bool)
                and part >= least for part in parts):
            raise ValueError(f'`{name}` must be a whole number from {least} '
                             f'on, got {value!r}')


def check_shares(**values: Any) -> None:
    """Check that arguments are in [0, 1).

    Raises:
        ValueError: If one is not such a number.
    """
    for name, value in values.items():
        if not isinstance(value, (int, float)) or not 0 <= value < 1:
            raise ValueError(f'`{name}` must be in [0, 1), got {value!r}')


def check_colours(mean: Sequence[float], std: Sequence[float]) -> None:
    """Check the means and deviations of colours.

    Raises:
        ValueError: If a deviation is not positive or they differ in number.
    """
    if len(mean) != len(std) or not all(map(math.isfinite, mean)):
        raise ValueError('`mean` and `std` must be one finite number for each '
                         f'channel, got {mean} and {std}')
    if not all(0 < value < math.inf for value in std):
        raise ValueError('`std` must be positive, pixels are divided by it; '
                         f'got {std}')
