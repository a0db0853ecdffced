"""Drawing within a budget."""

from __future__ import annotations

import time

import pytest

from gui import pace
from gui.pace import Pace


class Clock:
    """Time as the test tells it: on the wall, and spent by the thread."""

    wall = 0.0
    spent = 0.0

    def perf_counter(self) -> float:
        return self.wall

    def thread_time(self) -> float:
        return self.spent


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(pace, "time", clock)
    return clock


def test_what_was_spent_has_to_be_earned_back_before_the_next_drawing(clock: Clock) -> None:
    budget = Pace(share=0.1)
    assert budget.ready()
    clock.spent, clock.wall = 0.010, 0.020
    assert not budget.ready()
    clock.wall = 0.099
    assert not budget.ready()
    clock.wall = 0.101
    assert budget.ready()


def test_cheap_drawing_is_never_held_back(clock: Clock) -> None:
    budget = Pace(share=0.1)
    for _ in range(100):
        clock.spent += 0.001
        clock.wall += 0.033
        assert budget.ready()


def test_a_window_that_was_busy_for_long_owes_no_more_than_a_second(clock: Clock) -> None:
    budget = Pace(share=0.1)
    clock.spent, clock.wall = 30.0, 40.0
    assert budget.ready()
    clock.spent, clock.wall = 33.0, 40.9
    assert not budget.ready()
    clock.wall = 41.0
    assert budget.ready()


def test_the_real_clocks_are_those_of_the_thread_and_the_wall() -> None:
    assert pace.time is time
