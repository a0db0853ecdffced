from __future__ import annotations

import math

import pytest

from gui.views.numbers import format_number, with_unit


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1240, "1,240"),
        (0.03125, "0.03125"),
        (-1.5e-7, "−1.5e−07"),
        (-0.0, "0"),
        (3.0, "3"),
        (math.nan, "NaN"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (1e20, "1e+20"),
    ],
)
def test_numbers_are_written_for_people(value, text):
    assert format_number(value) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (12.345, "%", "12.3%"),
        (0.001, "%", "<0.1%"),
        (0.0, "%", "0.0%"),
        (-2.0, "%", "−2.0%"),
        (12, "ms", "12 ms"),
        (2, "×", "2×"),
        (0.12345, "", "0.123"),
        (math.nan, "%", "NaN"),
        (math.inf, "ms", "∞"),
    ],
)
def test_units_stand_where_they_belong(value, unit, text):
    assert with_unit(value, unit) == text
