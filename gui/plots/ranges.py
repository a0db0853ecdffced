"""The ranges that show all points of some curves, with a little air around them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gui.plots.curve import Curve

_X_AIR = 0.015
_Y_AIR = 0.06

# Values beyond these are drawn as these, and differences below are none: pyqtgraph's arithmetic would overflow.
LARGEST = 1e300
_SMALLEST_SPAN = 1e-280


def fitted_x(curves: Sequence[Curve]) -> tuple[float, float]:
    """The x range of all points; 0 to 1 without any."""
    ranges = [found for curve in curves if (found := curve.x_range())]
    if not ranges:
        return 0.0, 1.0
    low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
    if low == high:
        return low - 0.5, high + 0.5
    return _aired(low, high, _X_AIR)


def fitted_y(curves: Sequence[Curve], *, log: bool, percent: bool) -> tuple[float, float]:
    """The y range of all points, in log10 when `log`; with `percent` it is 0 to 1, or up to 1 when `log`."""
    if percent and not log:
        return _aired(0.0, 1.0, 0.03)
    ranges = [found for curve in curves if (found := curve.y_range(positive_only=log))]
    if not ranges:
        return (-1.0, 0.0) if log else (0.0, 1.0)
    low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
    if log:
        low, high = math.log10(low), math.log10(1.0 if percent else high)
    low, high = max(low, -LARGEST), min(high, LARGEST)
    if high - low < _SMALLEST_SPAN:
        half = 0.5 if log or abs(low) < 10 * _SMALLEST_SPAN else abs(low) * 0.1
        return low - half, low + half
    return _aired(low, high, _Y_AIR)


def with_strip(y_range: tuple[float, float], share: float, *, at_top: bool) -> tuple[float, float]:
    """`y_range` made larger, so that it leaves this share (0 to below 1) of the height free at one end."""
    low, high = y_range
    extra = (high - low) * share / (1.0 - share)
    return (low, high + extra) if at_top else (low - extra, high)


def _aired(low: float, high: float, air: float) -> tuple[float, float]:
    margin = (high - low) * air
    return low - margin, high + margin
