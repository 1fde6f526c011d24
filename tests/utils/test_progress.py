"""Progress is one line on a terminal and a few lines in a log."""
import io
import time

import pytest

from mvd_mm.utils import Progress


class Terminal(io.StringIO):

    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test sets."""
    now = [0.]
    monkeypatch.setattr(time, 'monotonic', lambda: now[0])
    return now


def test_a_log_gets_a_line_every_ten_seconds_and_the_last(clock):
    stream = io.StringIO()
    progress = Progress(25, 'clips', stream)
    for second in range(1, 26):
        clock[0] = float(second)
        progress.step()
    assert stream.getvalue() == ('10/25 clips, 10 s, 15 s left\n'
                                 '20/25 clips, 20 s, 5 s left\n'
                                 '25/25 clips, 25 s, 0 s left\n')


def test_a_terminal_gets_one_line_that_is_rewritten(clock):
    stream = Terminal()
    progress = Progress(3, 'clips', stream)
    for second in range(1, 4):
        clock[0] = float(second)
        progress.step()
    first, second, third = stream.getvalue().split('\r')[1:]
    assert first.rstrip() == '1/3 clips, 1 s, 2 s left'
    # blanks wipe what a longer line left behind
    assert len(first) == len(second) == len(third) - 1 == 60
    assert third.endswith('\n')


def test_quick_steps_are_not_shown_one_by_one(clock):
    stream = Terminal()
    progress = Progress(1000, 'clips', stream)
    for index in range(1, 1001):
        clock[0] = index / 1000
        progress.step()
    assert stream.getvalue().count('\r') <= 6
