"""A run's curves, read from its ``events.jsonl``."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.event_log import recorded_events
from core.runs import Run

Numbers = NDArray[np.float64]
NOT_A_NUMBER = float("nan")


@dataclass(frozen=True)
class RunCurves:
    """Every step's numbers. Arrays of one length, N: ``steps``, ``epochs`` (a fraction while one goes on),
    ``seconds`` of training (pauses left out), and each of ``metrics`` ("loss", "accuracy", "lr", ...).

    ``validation``: name -> (steps, epochs, seconds, values), a point an epoch. ``marks``: (step, words), what was
    changed while the run went on.
    """

    steps: Numbers
    epochs: Numbers
    seconds: Numbers
    metrics: Mapping[str, Numbers]
    validation: Mapping[str, tuple[Numbers, Numbers, Numbers, Numbers]] = field(default_factory=dict)
    marks: tuple[tuple[int, str], ...] = ()

    def axis(self, name: str) -> Numbers:
        """The x of each point for "step", "epoch" or "time" (seconds)."""
        return {"step": self.steps, "epoch": self.epochs, "time": self.seconds}[name]


def read_curves(run: Run) -> RunCurves:
    """The curves of a run, also of one that goes on or was broken off; without a record they are empty.

    A line that is damaged or cut off is passed over; where a resumed run went over steps again, the later ones count.
    """
    reader = _Reader()
    with suppress(OSError):
        for event in recorded_events(run.folder / "events.jsonl"):
            with suppress(KeyError, TypeError, ValueError):  # not as we write it: the other lines are as good as ever
                reader.take(event)
    return reader.curves()


class _Reader:
    """Collects events in the order in which they were written."""

    def __init__(self) -> None:
        self._chunks: list[tuple[int, dict[str, Numbers], Numbers]] = []
        self._validation: dict[int, tuple[float, float, dict[str, float]]] = {}
        self._marks: list[tuple[int, str]] = []
        self._steps_per_epoch = 1
        self._clock = self._told = 0.0

    def take(self, event: Mapping[str, Any]) -> None:
        """Take one line."""
        kind, now = event["event"], float(event["time"])
        if kind == "HealthMeasured":  # in the midst of steps, whose time it must not cut in two
            return
        if kind == "StepsLogged":
            self._steps(event, now)
        elif kind == "EpochEnded":
            self._clock += max(0.0, now - self._told)
            values = {name: _number(value) for name, value in event["validation"].items()}
            self._validation[int(event["step"])] = (float(event["epoch"]), self._clock, values)
        elif kind == "SettingChanged":
            self._marks.append((int(event["step"]), f"{event['name']} {event['before']:g} → {event['after']:g}"))
        elif kind == "WeightsLoaded":
            self._marks.append((int(event["step"]), f"weights of {event['source']}"))
        elif kind == "RunStarted":
            self._steps_per_epoch = max(1, int(event["steps_per_epoch"]))
        self._told = now

    def _steps(self, event: Mapping[str, Any], now: float) -> None:
        first = int(event["first_step"])
        columns = {name: np.array(values, np.float64) for name, values in event["metrics"].items()}
        columns["lr"] = np.array(event["lr"], np.float64)
        count = len(columns["lr"])
        if any(len(column) != count for column in columns.values()):
            raise ValueError("columns of different lengths")
        self._forget_from(first)
        begun, self._clock = self._clock, self._clock + max(0.0, now - self._told)
        seconds = np.linspace(begun, self._clock, count + 1)[1:]
        self._chunks.append((first, columns, seconds))

    def _forget_from(self, step: int) -> None:
        while self._chunks and self._chunks[-1][0] >= step:
            self._chunks.pop()
        if self._chunks:
            first, columns, seconds = self._chunks[-1]
            keep = step - first
            if keep < len(seconds):
                self._chunks[-1] = (first, {name: c[:keep] for name, c in columns.items()}, seconds[:keep])
        self._validation = {at: found for at, found in self._validation.items() if at < step}
        self._marks = [mark for mark in self._marks if mark[0] < step]

    def curves(self) -> RunCurves:
        """All that was taken."""
        names = sorted({name for _, columns, _ in self._chunks for name in columns})
        counts = [len(seconds) for _, _, seconds in self._chunks]
        steps = _joined(
            [np.arange(first, first + count) for (first, _, _), count in zip(self._chunks, counts, strict=True)]
        )
        metrics = {
            name: _joined(
                [c.get(name, np.full(n, NOT_A_NUMBER)) for (_, c, _), n in zip(self._chunks, counts, strict=True)]
            )
            for name in names
        }
        seconds = _joined([seconds for _, _, seconds in self._chunks])
        return RunCurves(steps, steps / self._steps_per_epoch, seconds, metrics, self._points(), tuple(self._marks))

    def _points(self) -> dict[str, tuple[Numbers, Numbers, Numbers, Numbers]]:
        rows: dict[str, list[tuple[float, float, float, float]]] = {}
        for step, (epoch, seconds, values) in self._validation.items():
            for name, value in values.items():
                rows.setdefault(name, []).append((step, epoch, seconds, value))
        found = {}
        for name, points in rows.items():
            steps, epochs, times, values_ = np.array(points, np.float64).T
            found[name] = (steps, epochs, times, values_)
        return found


def _joined(parts: list[NDArray[Any]]) -> Numbers:
    return np.concatenate(parts).astype(np.float64) if parts else np.empty(0)


def _number(value: Any) -> float:
    return NOT_A_NUMBER if value is None else float(value)
