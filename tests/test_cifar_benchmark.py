"""What the benchmarks on CIFAR-10 make of a curve, and when they measure nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import cifar_resnet, tutorial_cifar
from benchmarks.cifar import archive, passed, shown
from benchmarks.text_learning import Learnt

CURVE = [(5.0, 0.47), (10.0, 0.55), (15.0, 0.53), (20.0, 0.58)]
EVENTS = [{"event": "RunStarted", "time": 100.0}] + [
    {"event": "EpochEnded", "time": 100.0 + seconds, "validation": {"accuracy": accuracy}}
    for seconds, accuracy in CURVE
]


def test_the_first_epoch_above_the_goal_counts() -> None:
    assert passed(CURVE, 0.54) == (10.0, 0.55)
    assert passed(CURVE, 0.55) == (20.0, 0.58)
    assert passed(CURVE, 0.58) is None


def test_the_ratio_is_that_of_the_times_until_we_are_above_the_tutorial() -> None:
    ours = Learnt({}, EVENTS)
    assert tutorial_cifar.times({"seconds": 160.0, "accuracy": 0.54}, ours) == pytest.approx(16.0)
    assert tutorial_cifar.times({"seconds": 160.0, "accuracy": 0.6}, ours) == 0.0


def test_a_run_that_never_gets_there_is_said_to() -> None:
    learnt = Learnt({"seconds": 20.0, "test_accuracy": 0.57}, EVENTS)
    assert tutorial_cifar.row("ours", "1", learnt, 0.6)[2:] == ("never", "20.0", "0.5700", shown(CURVE))
    assert shown(CURVE) == "47.0 55.0 53.0 58.0"


def test_without_the_pictures_nothing_is_measured_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TRAINYARD_DATA", str(tmp_path))
    assert archive() is None
    for benchmark in (tutorial_cifar, cifar_resnet):
        section = benchmark.measure()
        assert not section.rows
        assert "Left out" in section.notes[0]
