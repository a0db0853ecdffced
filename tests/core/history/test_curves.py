"""A run's curves, as they were recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.history import read_curves
from core.runs import Run


def run_with(folder: Path, *events: dict[str, Any] | str) -> Run:
    folder.mkdir(parents=True, exist_ok=True)
    lines = [event if isinstance(event, str) else json.dumps(event) for event in events]
    (folder / "events.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return Run(folder)


def steps(first: int, losses: list[Any], time: float) -> dict[str, Any]:
    lr = [0.1] * len(losses)
    return {"event": "StepsLogged", "time": time, "first_step": first, "metrics": {"loss": losses}, "lr": lr}


def epoch(number: int, step: int, loss: float, time: float) -> dict[str, Any]:
    means = {"train": {"loss": loss}, "validation": {"loss": loss}}
    return {"event": "EpochEnded", "time": time, "epoch": number, "step": step, **means}


START = {"event": "RunStarted", "time": 100.0, "steps_per_epoch": 2}


def test_every_step_is_there_with_its_epoch_and_its_seconds(tmp_path: Path) -> None:
    run = run_with(tmp_path, START, steps(1, [4.0, 3.0], 101.0), epoch(1, 2, 3.5, 101.5), steps(3, [2.0, None], 102.5))
    curves = read_curves(run)
    np.testing.assert_array_equal(curves.steps, [1, 2, 3, 4])
    np.testing.assert_array_equal(curves.epochs, [0.5, 1, 1.5, 2])
    np.testing.assert_allclose(curves.seconds, [0.5, 1, 2, 2.5])
    np.testing.assert_array_equal(curves.metrics["loss"], [4, 3, 2, np.nan])
    np.testing.assert_array_equal(curves.validation["loss"], [[2], [1], [1.5], [3.5]])


def test_a_pause_takes_no_time(tmp_path: Path) -> None:
    pause, go = ({"event": kind, "time": time, "step": 1} for kind, time in (("Paused", 101.0), ("Resumed", 900.0)))
    curves = read_curves(run_with(tmp_path, START, steps(1, [4.0], 101.0), pause, go, steps(2, [3.0], 901.0)))
    np.testing.assert_allclose(curves.seconds, [1, 2])


def test_steps_that_a_resumed_run_took_again_count_once_and_as_they_were_last(tmp_path: Path) -> None:
    again = steps(3, [9.0, 8.0], 105.0)
    curves = read_curves(
        run_with(tmp_path, START, steps(1, [4.0], 101), steps(2, [3.0, 2.0, 1.0], 102), epoch(2, 4, 1.0, 103), again)
    )
    np.testing.assert_array_equal(curves.steps, [1, 2, 3, 4])
    np.testing.assert_array_equal(curves.metrics["loss"], [4, 3, 9, 8])
    assert curves.validation == {}


def test_what_was_changed_on_the_way_is_marked(tmp_path: Path) -> None:
    change = {"event": "SettingChanged", "time": 101.0, "step": 1, "name": "lr", "before": 0.1, "after": 0.01}
    assert read_curves(run_with(tmp_path, START, steps(1, [1.0], 101.0), change)).marks == ((1, "lr 0.1 → 0.01"),)


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", "3", '{"event": "StepsLogged"}', json.dumps({**steps(2, [1.0], 1), "lr": []})]
)
def test_a_damaged_line_is_passed_over(tmp_path: Path, damage: str) -> None:
    curves = read_curves(run_with(tmp_path, START, steps(1, [4.0], 101), damage, steps(2, [3.0], 102)))
    np.testing.assert_array_equal(curves.metrics["loss"], [4, 3])


def test_without_a_record_there_are_no_points(tmp_path: Path) -> None:
    curves = read_curves(Run(tmp_path / "none"))
    assert len(curves.steps) == len(curves.seconds) == 0
    assert curves.metrics == {}
