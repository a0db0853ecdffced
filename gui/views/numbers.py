"""Numbers as people read them."""

from __future__ import annotations

import math

MINUS = "−"
_LARGEST_WRITTEN_OUT = 1e12


def format_number(value: float, digits: int = 4) -> str:
    """``value`` with at most ``digits`` significant digits: "1,240", "0.03125", "−1.5e−07", "NaN", "∞"."""
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    whole = value.is_integer() and abs(value) < _LARGEST_WRITTEN_OUT
    text = f"{value:,.0f}" if whole else f"{value:.{digits}g}"
    return "0" if text == "-0" else text.replace("-", MINUS)


def with_unit(value: float, unit: str) -> str:
    """``value`` and its unit for a chart: "12.3%" but "12 ms"; a value that is no number has no unit."""
    if unit == "%" and math.isfinite(value):
        return "<0.1%" if 0.0 < value < 0.05 else f"{value:.1f}%".replace("-", MINUS)
    text = format_number(value, 3)
    if not unit or not math.isfinite(value):
        return text
    return f"{text}{unit}" if unit in ("×", "°") else f"{text} {unit}"
