"""Where the arrows of a number box go: 1e-3 -> 2e-3 -> 5e-3 for a learning rate, 64 -> 128 for a batch size."""

from __future__ import annotations

import math

from gui.forms.spec import Bounds, FieldSpec

_FIRST_FROM_ZERO = 1e-4
_PARTS_OF_A_RANGE = 20
_NEAR_THE_TOP = 0.9
_MOST_MULTIPLICATIONS = 3


def stepped(spec: FieldSpec, value: float | None, steps: int) -> float:
    """The number ``steps`` up (or down, if negative) from ``value``, kept within the bounds of ``spec``.

    ``None`` stands for a text that is no number: the answer is then a sensible start.
    A multiplying field goes at most three steps at once, so that Page Up is a factor of ten.
    """
    if value is None or not math.isfinite(value):
        return start(spec)
    if not spec.bounds.allow(value):
        return _nearest(spec.bounds, value, start(spec))
    stride = _stride(spec)
    count = abs(steps) if stride else min(abs(steps), _MOST_MULTIPLICATIONS)
    for _ in range(count):
        wanted = _added(value, math.copysign(stride, steps)) if stride else _multiplied(spec, value, steps > 0)
        value = _nearest(spec.bounds, wanted, value)
    return value


def start(spec: FieldSpec) -> float:
    """A sensible number for a field that holds none yet: the default, else 1, else one near a bound."""
    low, high = spec.bounds.low, spec.bounds.high
    candidates = [spec.default, 1, low, high]
    if low is not None:
        candidates += [low + 1 if high is None else (low + high) / 2]
    elif high is not None:
        candidates += [high - 1]
    numbers = [candidate for candidate in candidates if isinstance(candidate, int | float)]
    typed: list[float] = [int(number) if spec.kind == "int" else float(number) for number in numbers]
    return next((number for number in typed if spec.bounds.allow(number)), typed[0])


def one_two_five(value: float, up: bool) -> float:
    """The next of …, 0.1, 0.2, 0.5, 1, 2, 5, 10, … above (or below) the positive ``value``."""
    exponent = math.floor(math.log10(value))
    rungs = [float(f"{digit}e{exponent + shift}") for shift in (-1, 0, 1) for digit in (1, 2, 5)]
    tolerance = 1e-9 * value
    if up:
        return next((rung for rung in rungs if rung > value + tolerance and math.isfinite(rung)), value)
    return next((rung for rung in reversed(rungs) if 0 < rung < value - tolerance), value)


def _stride(spec: FieldSpec) -> float | None:
    """What a step adds; ``None`` where it multiplies: powers of two, and numbers that range over decades."""
    default, bounds = spec.default, spec.bounds
    if spec.kind == "int":
        size = abs(default) if isinstance(default, int) else 1
        if size >= 8 and size & (size - 1) == 0:
            return None
        return 10 ** (len(str(size)) - 2) if size >= 100 else 1
    if bounds.low is None or bounds.high is None or not bounds.low < bounds.high:
        return None
    width = bounds.high - bounds.low
    share = (default - bounds.low) / width if isinstance(default, int | float) else 0.5
    spans_decades = 0 < share < 1 / _PARTS_OF_A_RANGE or _nears_the_top(spec)
    return None if spans_decades else one_two_five(1.01 * width / _PARTS_OF_A_RANGE, up=False)


def _nears_the_top(spec: FieldSpec) -> bool:
    """Whether what counts is the distance to the top, as for a momentum: 0.9 -> 0.95 -> 0.98 -> 0.99."""
    default, bounds = spec.default, spec.bounds
    if bounds.low is None or bounds.high is None or not bounds.high_open or not isinstance(default, float):
        return False
    return bounds.low < bounds.high and (default - bounds.low) / (bounds.high - bounds.low) >= _NEAR_THE_TOP


def _added(value: float, stride: float) -> float:
    if isinstance(value, int):
        return value + int(stride)
    return round(value + stride, 12)


def _multiplied(spec: FieldSpec, value: float, up: bool) -> float:
    if isinstance(value, int):
        if value < 1:
            return value + (1 if up else -1)
        return 1 << value.bit_length() if up else (1 << (value - 1).bit_length()) // 2
    if _nears_the_top(spec) and spec.bounds.high is not None:
        distance = spec.bounds.high - value
        return round(spec.bounds.high - one_two_five(distance, not up), 12)
    first = abs(spec.default) if isinstance(spec.default, int | float) and spec.default else _FIRST_FROM_ZERO
    if value == 0:
        return first if up else -first
    if abs(value) <= first / 100 and up == (value < 0) and spec.bounds.allow(0):
        return 0.0
    return math.copysign(one_two_five(abs(value), up == (value > 0)), value)


def _nearest(bounds: Bounds, wanted: float, otherwise: float) -> float:
    """``wanted``, or the bound that it oversteps; ``otherwise`` where that bound is itself excluded."""
    if bounds.low is not None and wanted <= bounds.low:
        return otherwise if bounds.low_open else type(wanted)(bounds.low)
    if bounds.high is not None and wanted >= bounds.high:
        return otherwise if bounds.high_open else type(wanted)(bounds.high)
    return wanted
