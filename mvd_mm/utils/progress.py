"""Progress with the time left, on a terminal and in a log file."""
import sys
import time


class Progress:
    """Say how far a job is.

    On a terminal one line is rewritten; elsewhere a line is printed about
    every ten seconds, so that a log stays short.

    Args:
        total (int): Number of steps.
        what (str): What the steps are called, e.g. ``'clips'``.
        stream (TextIO, optional): Where to write; standard output by default.
    """

    def __init__(self, total: int, what: str, stream=None) -> None:
        self.total, self.what = total, what
        self.stream = sys.stdout if stream is None else stream
        self.terminal = self.stream.isatty()
        self.period = 0.2 if self.terminal else 10.  # seconds
        self.start = self.shown = time.monotonic()
        self.done = 0

    def step(self) -> None:
        """Count one step, and say so if it is time to."""
        self.done += 1
        now = time.monotonic()
        last = self.done == self.total
        if not last and now - self.shown < self.period:
            return
        self.shown = now
        spent = now - self.start
        left = spent / self.done * (self.total - self.done)
        line = (f'{self.done}/{self.total} {self.what}, {spent:.0f} s, '
                f'{left:.0f} s left')
        end = '\n' if last or not self.terminal else ''
        begin = '\r' if self.terminal else ''
        # blanks wipe what a longer line left behind
        print(
            f'{begin}{line:<{60 if self.terminal else 0}}',
            end=end,
            file=self.stream,
            flush=True)
