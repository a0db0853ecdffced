from __future__ import annotations

import math
import random

import numpy as np
import pytest
import torch

from core import step_log, stopwatch
from core.step_log import StepLog
from core.stopwatch import Stopwatch
from tests.core.tiny import Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(step_log, "time", clock)
    monkeypatch.setattr(stopwatch, "time", clock)
    return clock


def add(log: StepLog, loss: float = 1.0, right: int = 3, size: int = 4, rate: float = 0.1) -> None:
    log.add(torch.tensor(loss), {"accuracy": torch.tensor(right)}, size, rate)


def test_nothing_added_is_nothing_told() -> None:
    assert StepLog(10).flush() is None


def test_every_step_is_told_once_in_order_with_its_own_numbers(clock: Clock) -> None:
    log, chance = StepLog(100), random.Random(0)
    told = []
    for step in range(1, 101):
        clock.now += 0.01
        add(log, loss=step / 2, right=step % 5, size=4, rate=step / 1000)
        if chance.random() < 0.3:
            told.append(log.flush())
    told.append(log.flush())
    events = [event for event in told if event is not None]
    firsts = [event.first_step for event in events]
    assert firsts == [1, *(event.last_step + 1 for event in events[:-1])]
    assert events[-1].last_step == 100
    steps = np.arange(1, 101, dtype=np.float32)
    assert np.array_equal(np.concatenate([event.metrics["loss"] for event in events]), steps / 2)
    assert np.array_equal(np.concatenate([event.metrics["accuracy"] for event in events]), steps % 5 / 4)
    assert np.array_equal(np.concatenate([event.lr for event in events]), steps / np.float32(1000))


def test_an_accuracy_is_the_share_of_the_batchs_own_samples() -> None:
    log = StepLog(10)
    add(log, right=2, size=4)
    add(log, right=1, size=1)
    event = log.flush()
    assert event is not None
    assert event.metrics["accuracy"].tolist() == [0.5, 1.0]


def test_throughput_and_time_to_go_follow_the_clock(clock: Clock) -> None:
    log = StepLog(50)
    for _ in range(10):
        clock.now += 0.1
        add(log)
    event = log.flush()
    assert event is not None
    assert event.steps_per_second == pytest.approx(10)
    assert event.eta == pytest.approx(40 / 10)


def test_a_rest_is_not_counted_into_the_throughput(clock: Clock) -> None:
    log = StepLog(50)
    clock.now += 0.1
    add(log)
    log.flush()
    clock.now += 1000
    log.start_at(2)
    clock.now += 0.1
    add(log)
    event = log.flush()
    assert event is not None
    assert event.first_step == 2
    assert event.steps_per_second == pytest.approx(10)


def test_numbers_stay_finite_where_no_time_passes_at_all(clock: Clock) -> None:
    log = StepLog(2)
    for _ in range(2):
        add(log)
        event = log.flush()
        assert event is not None
        assert math.isfinite(event.steps_per_second)
        assert math.isfinite(event.eta)
    assert event is not None
    assert event.eta == 0


def test_it_is_due_some_thirty_times_a_second(clock: Clock) -> None:
    log = StepLog(10)
    add(log)
    clock.now += step_log.FLUSH_EVERY_S / 2
    assert not log.due
    clock.now += step_log.FLUSH_EVERY_S
    assert log.due
    log.flush()
    assert not log.due


def test_a_metric_that_only_some_steps_have_does_not_break_the_others() -> None:
    log = StepLog(10)
    log.add(torch.tensor(1.0), {"accuracy": torch.tensor(1), "rare": torch.tensor(2)}, 4, 0.1)
    assert log.flush() is not None
    add(log)
    event = log.flush()
    assert event is not None
    assert set(event.metrics) == {"loss", "accuracy"}


def test_a_stopwatch_counts_only_while_it_runs(clock: Clock) -> None:
    watch = Stopwatch(5.0)
    clock.now += 100
    assert watch.seconds == 5.0
    watch.start()
    clock.now += 2
    watch.start()
    clock.now += 1
    assert watch.seconds == 8.0
    watch.stop()
    watch.stop()
    clock.now += 50
    assert watch.seconds == 8.0
    watch.start()
    clock.now += 1
    assert watch.seconds == 9.0
