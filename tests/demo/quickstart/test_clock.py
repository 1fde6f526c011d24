"""The time left, and how it is shown."""
import pytest

from demo.quickstart import clock as clocks
from demo.quickstart.stage import Stage


class TestClock:

    @pytest.fixture
    def clock(self, monkeypatch):
        """A clock for weights 1 and 3, at 100 s, and how to set the time."""
        now = [100.]
        monkeypatch.setattr(clocks.time, 'monotonic', lambda: now[0])
        stages = [Stage('', None, None, weight) for weight in (1, 3)]
        return clocks.Clock(stages), now

    def test_time_left_is_in_proportion_to_the_weights(self, clock):
        clock, now = clock
        now[0] += 10
        assert clock.left(1, 0.5) == pytest.approx(70)  # an eighth is done
        assert clock.left(1, 1.) == pytest.approx(30)
        clock.done += 1
        now[0] += 10
        assert clock.left(3, 1 / 3) == pytest.approx(20)
        assert clock.left(3, 1.) == pytest.approx(0)

    def test_what_is_skipped_takes_no_time(self, clock):
        clock, now = clock
        clock.skip(1)
        now[0] += 10
        assert clock.left(3, 1 / 3) == pytest.approx(20)

    @pytest.mark.parametrize('seconds, text', [(0, '0:00'), (59.9, '0:59'),
                                               (60, '1:00'), (3725, '62:05')])
    def test_times_are_shown_in_minutes_and_seconds(self, seconds, text):
        assert clocks.clock_time(seconds) == text
