"""One number of a layer, put so that it can be drawn: lines of patch, kernel and sum, and the whole in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.explain.arithmetic import Numbers, Places, pixel_sum, pool_window, unit_sum
from core.explain.operations import AdaptivePooling, Convolution, Floats, Layer, Linear, Pooling
from core.views import BarChart
from gui.views.colormaps import Scale, grey, scale_for
from gui.views.numbers import MINUS, format_number

MOST_PRODUCTS = 40
"""Of a unit's products, how many are drawn one by one."""
_PADDING = "padding: 0"


@dataclass(frozen=True)
class Cells:
    """A small table of numbers, kh×kw. ``outside``: where it reaches beyond the input; ``chosen``: the maximum."""

    values: Numbers
    scale: Scale
    outside: NDArray[np.bool_] | None = None
    chosen: tuple[int, int] | None = None


@dataclass(frozen=True)
class Line:
    """What one channel of the input adds. ``picture``: that channel, H×W; ``rows``, ``columns``: the patch in it."""

    name: str
    picture: Floats
    picture_scale: Scale
    rows: Places
    columns: Places
    cells: tuple[Cells, ...]
    result: float


@dataclass(frozen=True)
class Working:
    """``formula``: the whole sum in words. ``titles``: what the tables of each line are. ``notice``: why none is."""

    formula: str
    titles: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    notice: str = ""
    products: BarChart | None = field(default=None)


def map_working(layer: Layer, channel: int, row: int, column: int, after: str = "") -> Working:
    """How one pixel of a feature map came about; ``after``: what the next layer makes of it, in words."""
    place = f"Row {row}, column {column}:"
    if layer.outputs.ndim == 3 and isinstance(layer.operation, Convolution):
        return _convolution(layer, channel, row, column, place, after)
    if layer.outputs.ndim == 3 and isinstance(layer.operation, Pooling | AdaptivePooling):
        return _pooling(layer, channel, row, column, place, after)
    value = float(layer.maps()[channel, row, column])
    if layer.inputs is not None and layer.inputs.shape == layer.outputs.shape:
        given = float(layer.inputs.reshape(layer.maps().shape)[channel, row, column])
        words = f"{place} {layer.kind} was given {number(given)} and made {number(value)} of it.{after}"
        return Working(words, notice=_one_by_one(layer.kind))
    return Working(f"{place} {number(value)}.{after}", notice=f"What {layer.kind} works out is not shown here.")


def unit_working(layer: Layer, unit: int, names: Sequence[str], inputs: Sequence[str], after: str = "") -> Working:
    """How one unit's number came about; ``names`` of the units and of its ``inputs``, where they have some."""
    name = names[unit] if unit < len(names) else f"Unit {unit}"
    if isinstance(layer.operation, Linear) and layer.inputs is not None:
        return _linear(layer, unit, name, inputs, after)
    value = float(layer.outputs.ravel()[unit])
    if layer.inputs is not None and layer.inputs.shape == layer.outputs.shape:
        given = float(layer.inputs.ravel()[unit])
        words = f"{name}: {layer.kind} was given {number(given)} and made {number(value)} of it.{after}"
        return Working(words, notice=_one_by_one(layer.kind))
    return Working(f"{name}: {number(value)}.{after}", notice=f"What {layer.kind} works out is not shown here.")


def number(value: float) -> str:
    """A number in a formula: four places, so that what is added adds up to the eye; large and tiny ones in short."""
    size = abs(value)
    if size == 0 or not 0.0005 <= size < 1000:
        return format_number(value, 3)
    return f"{value:.4f}".replace("-", MINUS)


def brief(value: float) -> str:
    """A number where there is little room."""
    return format_number(float(value), 3)


def sum_words(parts: Sequence[tuple[str, float]], total: float) -> str:
    """``[("products", 1.5), ("bias", -0.2)]`` as "1.5 (products) − 0.2 (bias) = 1.3"."""
    words = ""
    for name, value in parts:
        sign = "" if not words else f" {MINUS} " if value < 0 else " + "
        words += f"{sign}{number(abs(value) if words else value)} ({name})"
    return f"{words} = {number(total)}"


def _one_by_one(kind: str) -> str:
    return f"{kind} works on each number by itself: there is no sum to show."


def _convolution(layer: Layer, channel: int, row: int, column: int, place: str, after: str) -> Working:
    assert layer.inputs is not None
    found = pixel_sum(layer, channel, row, column)
    given = scale_for(layer.inputs[found.channels], symmetric=False, table=grey())
    weights = scale_for(found.kernel, symmetric=True)
    outside = found.padded(*layer.inputs.shape[1:])
    lines = tuple(
        Line(
            f"channel {index}",
            layer.inputs[index],
            given,
            found.rows,
            found.columns,
            (Cells(found.patch[at], given, outside), Cells(found.kernel[at], weights)),
            float(found.sums[at]),
        )
        for at, index in enumerate(found.channels.tolist())
    )
    products = "products" if len(lines) == 1 else f"products of {len(lines)} channels"
    words = sum_words([(products, float(found.sums.sum())), ("bias", found.bias)], found.total)
    return Working(f"{place} {words}.{after}", ("input", "kernel", "sum"), lines)


def _pooling(layer: Layer, channel: int, row: int, column: int, place: str, after: str) -> Working:
    assert layer.inputs is not None
    found = pool_window(layer, channel, row, column)
    scale = scale_for(layer.inputs[channel], symmetric=False, table=grey())
    cells = Cells(found.patch, scale, np.isnan(found.patch), found.chosen)
    line = Line(f"map {channel}", layer.inputs[channel], scale, found.rows, found.columns, (cells,), found.total)
    if found.chosen:
        words = f"the largest of {int((~np.isnan(found.patch)).sum())} numbers is {number(found.total)}"
    else:
        total = float(np.nansum(found.patch))
        words = f"{number(total)} (sum) / {found.divisor} = {number(found.total)}"
    return Working(f"{place} {words}.{after}", ("input", "largest" if found.chosen else "mean"), (line,))


def _linear(layer: Layer, unit: int, name: str, inputs: Sequence[str], after: str) -> Working:
    found = unit_sum(layer, unit)
    shown = found.order[:MOST_PRODUCTS].tolist()
    labels = [
        f"{inputs[at] if at < len(inputs) else f'input {at}'}: {brief(found.inputs[at])} × {brief(found.weights[at])}"
        for at in shown
    ]
    values = [float(found.products[at]) for at in shown]
    others = len(found.products) - len(shown)
    if others:
        labels.append(f"all {others:,} others")
        values.append(float(found.products[found.order[MOST_PRODUCTS:]].sum()))
    labels.append("bias")
    values.append(found.bias)
    words = sum_words(
        [(f"{len(found.products):,} products", float(found.products.sum())), ("bias", found.bias)], found.total
    )
    chart = BarChart(labels=labels, values=np.array(values))
    return Working(f"{name}: {words}.{after}", products=chart)
