"""The time that several trainings still need."""
import time
from typing import Sequence

from .stage import Stage


class Clock:
    """Estimates the time left over several trainings.

    Args:
        stages (Sequence[Stage]): In order.
    """

    def __init__(self, stages: Sequence[Stage]) -> None:
        self.total = sum(stage.weight for stage in stages)
        self.done = 0.
        self.start = time.monotonic()

    def skip(self, weight: float) -> None:
        """Leave out what an earlier run has done: it takes no time now."""
        self.total -= weight

    def left(self, weight: float, share: float) -> float:
        """Seconds left, when a share of the present stage is done."""
        done = (self.done + weight * share) / self.total
        spent = time.monotonic() - self.start
        return spent / done * (1 - done)

    def text(self, weight: float, share: float) -> str:
        """The time left in words; the first seconds are start-up."""
        if self.done == 0 and share < 0.1:
            return 'estimating the time left'
        return f'all trainings: {clock_time(self.left(weight, share))} left'


def clock_time(seconds: float) -> str:
    """Format a time as minutes and seconds."""
    return f'{int(seconds) // 60}:{int(seconds) % 60:02d}'
