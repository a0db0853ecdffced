"""However long a run is, what is remembered of its health fits into the same room, and covers all of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.events import HealthMeasured, RunStarted, StepsLogged
from core.health.bins import BINS, KINDS
from core.health.history import LEAST, MEASURES, MOST, MOST_BYTES, HealthHistory
from core.health.record import read_health
from core.history import read_curves
from core.runs import Run, RunStore
from tests.core.health.looking import measured


def test_measurements_are_kept_as_they_came() -> None:
    history = HealthHistory()
    for step in range(1, 101):
        history.take(measured(step, gradient_norm=[step, 2 * step, 0.5]))
    assert history.steps.tolist() == list(range(1, 101))
    assert history.numbers("gradient_norm")[:, 1].tolist() == [2.0 * step for step in range(1, 101)]
    steps, shares = history.through_time("gradients", 2)
    assert len(steps) == 100
    assert shares.shape == (100, BINS)
    assert shares.sum(axis=1) == pytest.approx(np.ones(100), abs=1e-4)
    assert history.layers == ("fc1", "fc2", "fc3")
    assert history.measurements == 100


def test_a_hundred_thousand_measurements_take_no_more_room_than_ten_thousand() -> None:
    history = HealthHistory()
    event, sizes = measured(layers=2), {}
    for step in range(1, 100_001):
        history.take(replace(event, step=step, histograms=event.histograms if step % 10 == 0 else {}))
        if step in (10_000, 50_000, 100_000):
            sizes[step] = history.size
    assert len(set(sizes.values())) == 1
    assert MOST // 2 <= len(history.steps) <= MOST
    assert history.steps[-1] == 100_000
    gaps = np.diff(history.steps[:-1])
    assert gaps.min() == gaps.max(), "thinned out evenly"
    assert history.measurements == 100_000


def test_columns_that_are_joined_hold_the_mean() -> None:
    history = HealthHistory()
    values = np.arange(1, 4 * MOST + 1)
    for step in values:
        history.take(measured(int(step), layers=1, weight_norm=[step]))
    stride = int(np.diff(history.steps)[0])
    assert stride > 1
    expected = values[: len(values) // stride * stride].reshape(-1, stride).mean(axis=1)
    assert history.numbers("weight_norm")[: len(expected), 0] == pytest.approx(expected)


def test_gaps_and_infinities_do_not_eat_their_neighbours() -> None:
    history = HealthHistory()
    for step in range(1, 2 * MOST + 1):
        odd = (np.nan, np.inf)[step // 2 % 2] if step % 2 else 4.0
        history.take(measured(step, layers=1, dead=[odd]))
    assert np.isfinite(history.numbers("dead")).all()
    assert history.numbers("dead")[:-1] == pytest.approx(4.0)


def test_a_network_of_very_many_layers_is_remembered_in_fewer_columns() -> None:
    history = HealthHistory()
    event = measured(layers=2000)
    for step in range(1, 80):
        history.take(replace(event, step=step))
    steps, _ = history.through_time("weights", 1999)
    assert LEAST // 2 <= len(steps) <= LEAST + 2
    assert history.size < 2 * MOST_BYTES + 2000 * MOST * 4 * len(MEASURES)


def test_an_earlier_step_or_another_network_begins_anew() -> None:
    history = HealthHistory()
    for step in (5, 6, 7):
        history.take(measured(step))
    before = history.revision
    history.take(measured(2))
    assert history.steps.tolist() == [2]
    history.take(measured(3, layers=4))
    assert history.steps.tolist() == [3]
    assert history.numbers("dead").shape == (1, 4)
    assert history.revision > before


def test_numbers_without_histograms_are_welcome() -> None:
    history = HealthHistory()
    history.take(replace(measured(1), histograms={}))
    history.take(measured(2))
    assert history.steps.tolist() == [1, 2]
    assert history.through_time(next(iter(KINDS)), 0)[0].tolist() == [2]


def recorded(folder: Path, events: list[HealthMeasured | StepsLogged | RunStarted]) -> Run:
    run = RunStore(folder).new("tiny", "dots")
    run.folder.mkdir(parents=True)
    for event in events:
        run.record(event)
    run.release()
    return run


def test_numbers_are_recorded_and_read_again_without_histograms(tmp_path: Path) -> None:
    events = [measured(step, gradient_norm=[step, np.nan, np.inf], trained=[True, False, True]) for step in (1, 5, 9)]
    run = recorded(tmp_path, list(events))
    line = json.loads((run.folder / "events.jsonl").read_text("utf-8").splitlines()[0])
    assert "histograms" not in line
    found = read_health(run, before=5)
    assert [event.step for event in found] == [1, 5]
    assert found[1].layers == events[1].layers
    assert found[1].kinds == events[1].kinds
    for name in (*MEASURES, "sizes", "units", "trained"):
        expected = np.asarray(getattr(events[1], name))
        told = np.where(np.isfinite(expected), expected, np.nan)
        assert getattr(found[1], name) == pytest.approx(told, nan_ok=True), name
        assert getattr(found[1], name).dtype == expected.dtype


def test_damaged_lines_are_passed_over(tmp_path: Path) -> None:
    run = recorded(tmp_path, [measured(1), measured(2)])
    with (run.folder / "events.jsonl").open("a") as file:
        file.write('{"event": "HealthMeasured", "step": 3}\n')
        file.write('{"event": "HealthMeasured", "step": 4, "layers": ["a"], "kinds": ["b"], "dead": [1, 2]}\n')
        file.write('{"event": "HealthMeas')
    assert [event.step for event in read_health(run, before=100)] == [1, 2]
    assert read_health(RunStore(tmp_path).new("no", "run"), before=100) == []


def test_measurements_between_steps_cost_the_curves_no_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter(range(100, 200))
    monkeypatch.setattr("core.runs.time.time", lambda: float(next(now)))
    rates = np.full(10, 0.1, np.float32)
    steps = [StepsLogged(first, {"loss": rates}, rates, 10.0, 0.0) for first in (1, 11)]
    start = RunStarted("", "tiny", "dots", "cpu", 1, 1, 20)
    curves = read_curves(recorded(tmp_path, [start, steps[0], measured(15), steps[1]]))
    assert curves.seconds[-1] == 3.0
