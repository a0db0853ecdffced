"""Ticks and readings."""

from __future__ import annotations

import numpy as np
import pytest

from gui.plots.ticks import format_reading, format_step, log_ticks, step_ticks, value_ticks


def labels(ticks) -> list[str]:
    return [tick.label for tick in ticks]


@pytest.mark.parametrize(
    ("step", "text"), [(0, "0"), (1200, "1,200"), (1_000_000.0, "1,000,000"), (2.5, "2.5"), (-3, "−3"), (1e18, "1e18")]
)
def test_steps_have_thousands_separators(step, text):
    assert format_step(step) == text


@pytest.mark.parametrize(
    ("value", "percent", "text"),
    [
        (0.5, False, "0.50000"),
        (0.0, False, "0"),
        (123456.0, False, "123,456"),
        (1.5e-7, False, "1.5000e−7"),
        (float("nan"), False, "not finite"),
        (0.98765, True, "98.77%"),
    ],
)
def test_readings(value, percent, text):
    assert format_reading(value, percent=percent) == text


def test_step_ticks_stand_on_whole_steps():
    assert labels(step_ticks(0, 3.2, 10)) == ["0", "1", "2", "3"]
    assert labels(step_ticks(-100, 12_100, 5)) == ["0", "5,000", "10,000"]


def test_percent_ticks():
    assert labels(value_ticks(-0.03, 1.03, 5, percent=True)) == ["0%", "50%", "100%"]


@pytest.mark.parametrize(
    ("low", "high"), [(0.0, 1.0), (0.51234567, 0.51234569), (-1e-7, 1e-7), (0, 3e9), (-1e300, 1e300), (1e15, 1e15 + 8)]
)
def test_value_ticks_are_few_and_all_different(low, high):
    ticks = value_ticks(low, high, 6)
    assert 2 <= len(ticks) <= 8
    assert len(set(labels(ticks))) == len(ticks)
    assert all(low <= tick.position <= high for tick in ticks)


@pytest.mark.parametrize(("low", "high"), [(1.0, 1.0), (2.0, 1.0), (0.0, float("inf")), (float("nan"), 1.0)])
def test_ranges_that_are_none_have_no_ticks(low, high):
    assert value_ticks(low, high, 5) == []
    assert step_ticks(low, high, 5) == []


def test_log_ticks_are_decades_when_there_are_several():
    ticks, minor = log_ticks(-5.2, 1.1, 8)
    assert labels(ticks) == ["1e−5", "1e−4", "0.001", "0.01", "0.1", "1", "10"]
    assert np.log10(5) - 1 in minor


def test_log_ticks_within_a_decade_are_round_values():
    ticks, _ = log_ticks(np.log10(0.15), np.log10(0.9), 6)
    assert labels(ticks)[0] == "0.2"
    ticks, _ = log_ticks(np.log10(0.51), np.log10(0.52), 6)
    assert "0.514" in labels(ticks)


@pytest.mark.parametrize(("low", "high"), [(-307, 308), (-1e7, 1e7), (400, 500), (-400, -350), (0.1, 0.1)])
def test_log_ticks_survive_any_range(low, high):
    ticks, minor = log_ticks(low, high, 6)
    assert len(ticks) <= 8 and len(minor) <= 100
