"""Where the ticks of an axis go and what they say: numbers only, no Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass

_MINUS = "−"
_LOWEST_EXPONENT, _HIGHEST_EXPONENT = -323, 308


@dataclass(frozen=True)
class Tick:
    """A labelled tick: where it stands on the axis (log10 of the value on a logarithmic one) and its label."""

    position: float
    label: str


def format_step(step: float) -> str:
    """A step with thousands separators: 1200 is "1,200"; a fraction keeps six digits."""
    if abs(step) < 1e15 and step == math.floor(step):
        return f"{int(step):,}".replace("-", _MINUS)
    return _tidy(f"{step:,.6g}")


def format_reading(value: float, *, percent: bool = False) -> str:
    """A value as a readout shows it: five digits, or a percentage with two decimals; NaN is "not finite"."""
    if not math.isfinite(value):
        return "not finite"
    if percent:
        return f"{100 * value:.2f}%".replace("-", _MINUS)
    if 1e4 <= abs(value) < 1e7:
        return f"{value:,.0f}".replace("-", _MINUS)
    # "#" keeps trailing zeros, so that the width of a readout does not dance.
    return _tidy(f"{value:#,.5g}") if value else "0"


def step_ticks(low: float, high: float, most: int) -> list[Tick]:
    """At most about `most` ticks on whole steps (on fractions only when fewer than two whole steps are in view)."""
    step = _nice_step(high - low, most)
    if step and high - low >= 2:
        step = max(step, 1.0)
    return [Tick(position, format_step(position)) for position in _multiples(low, high, step)]


def value_ticks(low: float, high: float, most: int, *, percent: bool = False) -> list[Tick]:
    """At most about `most` ticks on round values; with `percent`, 0.5 is labelled "50%"."""
    step = _nice_step(high - low, most)
    positions = _multiples(low, high, step)
    scale, unit = (100.0, "%") if percent else (1.0, "")
    largest = max((abs(position) for position in positions), default=0.0)
    return [Tick(position, _fixed(position * scale, step * scale, largest * scale) + unit) for position in positions]


def log_ticks(low: float, high: float, most: int, *, percent: bool = False) -> tuple[list[Tick], list[float]]:
    """Labelled ticks and the positions of unlabelled ones between exponents `low` and `high` of ten.

    Whole decades where there are at least two, else the values 1, 2, 5 or 1 … 9 times a power of ten,
    else, zoomed in further, round values as on a linear axis.
    """
    low, high = max(low, _LOWEST_EXPONENT), min(high, _HIGHEST_EXPONENT)
    if not low < high:
        return [], []
    decades = range(math.ceil(low), math.floor(high) + 1)
    if len(decades) >= 2:
        stride = max(1, math.ceil(len(decades) / most))
        labelled = [float(exponent) for exponent in decades if exponent % stride == 0]
        minor = _mantissas(low, high, range(2, 10)) if len(decades) <= most else []
        return [Tick(position, _log_label(position, percent)) for position in labelled], minor
    for multiples in ((1, 2, 5), range(1, 10)):
        labelled = _mantissas(low, high, multiples)
        if 3 <= len(labelled) <= 2 * most:
            return [Tick(position, _log_label(position, percent)) for position in labelled], []
    linear = value_ticks(10.0**low, 10.0**high, most, percent=percent)
    return [Tick(math.log10(tick.position), tick.label) for tick in linear if tick.position > 0], []


def _mantissas(low: float, high: float, multiples: tuple[int, ...] | range) -> list[float]:
    exponents = range(math.floor(low), math.floor(high) + 1)
    positions = [exponent + math.log10(multiple) for exponent in exponents for multiple in multiples]
    return [position for position in positions if low <= position <= high]


def _log_label(position: float, percent: bool) -> str:
    value = 10.0**position
    if percent:
        return _tidy(f"{100 * value:.3g}") + "%"
    return _tidy(f"{value:,.6g}" if -4 < position < 5 else f"{value:.0e}")


def _nice_step(span: float, most: int) -> float:
    """The smallest of 1, 2 or 5 times a power of ten that goes at most `most` times into `span`; 0 for no span."""
    if not (0 < span < math.inf):
        return 0.0
    rough = span / max(most, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    return next(multiple * power for multiple in (1.0, 2.0, 5.0, 10.0, 20.0) if multiple * power >= rough)


def _multiples(low: float, high: float, step: float) -> list[float]:
    if step <= 0:
        return []
    return [count * step for count in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _fixed(value: float, step: float, largest: float) -> str:
    """`value` with as many digits as tell it from a neighbour `step` away."""
    if largest >= 1e6 or 0 < largest < 1e-3:
        digits = max(0, math.floor(math.log10(largest)) - math.floor(math.log10(step)))
        return _tidy(f"{value:.{digits}e}") if value else "0"
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return f"{value:,.{decimals}f}".replace("-", _MINUS)


def _tidy(number: str) -> str:
    """1.50e-05 the way people write it: 1.50e−5."""
    mantissa, mark, exponent = number.partition("e")
    tidied = f"{mantissa}e{int(exponent)}" if mark else mantissa
    return tidied.replace("-", _MINUS)
