"""The sum behind one number of a layer: the patch, the kernel, the products and the bias, in NumPy.

All of it is worked out in float64 from the float32 numbers that the layer was given and holds, so the totals differ
from torch's by float32 rounding alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.explain.operations import AdaptivePooling, Convolution, Layer, Linear, Pooling

Numbers: TypeAlias = NDArray[np.float64]
Places: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True)
class PixelSum:
    """How one pixel of a convolution's feature map came about.

    ``patch`` and ``kernel``: C×kh×kw, those channels of the input that the map looks at, ``channels`` by their
    indices. ``sums``: C, what each channel's products add up to. ``rows`` (kh) and ``columns`` (kw): where the patch
    lies in the input; outside of it is padding. ``total`` = sums + bias.
    """

    patch: Numbers
    kernel: Numbers
    sums: Numbers
    bias: float
    total: float
    channels: Places
    rows: Places
    columns: Places

    def padded(self, height: int, width: int) -> NDArray[np.bool_]:
        """kh×kw: which places of the patch lie outside an input of ``height``×``width``."""
        rows, columns = self.rows, self.columns
        return ((rows < 0) | (rows >= height))[:, None] | ((columns < 0) | (columns >= width))[None, :]


@dataclass(frozen=True)
class PoolWindow:
    """How one pixel of a pooling layer came about.

    ``patch``: kh×kw, NaN where the window reaches beyond the input. ``rows`` and ``columns``: where it lies.
    ``chosen``: row and column in ``patch`` of the maximum, None for a mean. ``divisor``: what a mean divides by.
    """

    kind: str
    patch: Numbers
    total: float
    rows: Places
    columns: Places
    chosen: tuple[int, int] | None = None
    divisor: int = 1


@dataclass(frozen=True)
class UnitSum:
    """How one unit of a linear layer came about: ``inputs`` and ``weights`` (N), ``products`` (N), bias, total.

    ``order``: the inputs' indices, those with the largest products, up or down, first.
    """

    inputs: Numbers
    weights: Numbers
    products: Numbers
    order: Places
    bias: float
    total: float


def pixel_sum(layer: Layer, channel: int, row: int, column: int) -> PixelSum:
    """The sum behind ``layer.outputs[channel, row, column]``, as the convolution itself gives it out.

    Raises:
        TypeError: where the layer is no convolution whose input was recorded.
        IndexError: where its output has no such pixel.
    """
    operation, inputs = layer.operation, layer.inputs
    if not isinstance(operation, Convolution) or inputs is None:
        raise TypeError(f"{layer.name} is no convolution with a recorded input")
    _check(layer, channel, row, column)
    weight = operation.weight
    per_group = weight.shape[1]
    group = channel // (weight.shape[0] // operation.groups)
    channels = np.arange(group * per_group, (group + 1) * per_group)
    rows, columns = (
        place * operation.stride[axis] - operation.before[axis] + np.arange(weight.shape[2 + axis]) * dilation
        for axis, (place, dilation) in enumerate(zip((row, column), operation.dilation, strict=True))
    )
    patch = _patch(inputs[channels], rows, columns, operation.mode)
    kernel = weight[channel].astype(np.float64)
    sums = (patch * kernel).sum(axis=(1, 2))
    bias = 0.0 if operation.bias is None else float(operation.bias[channel])
    return PixelSum(patch, kernel, sums, bias, float(sums.sum() + bias), channels, rows, columns)


def pool_window(layer: Layer, channel: int, row: int, column: int) -> PoolWindow:
    """The window behind ``layer.outputs[channel, row, column]`` of a pooling layer.

    Raises:
        TypeError: where the layer pools nothing that was recorded.
        IndexError: where its output has no such pixel.
    """
    operation, inputs = layer.operation, layer.inputs
    if not isinstance(operation, Pooling | AdaptivePooling) or inputs is None:
        raise TypeError(f"{layer.name} is no pooling layer with a recorded input")
    _check(layer, channel, row, column)
    rows, columns = _window(operation, layer, row, column)
    height, width = inputs.shape[1:]
    inside = ((rows >= 0) & (rows < height))[:, None] & ((columns >= 0) & (columns < width))[None, :]
    near = inputs[channel].astype(np.float64)[rows.clip(0, height - 1)[:, None], columns.clip(0, width - 1)]
    patch = np.where(inside, near, np.nan)
    if operation.kind == "max":
        # A NaN of the network itself wins, as in torch.
        place = np.unravel_index(int(np.where(inside, near, -np.inf).argmax()), patch.shape)
        chosen = (int(place[0]), int(place[1]))
        return PoolWindow("max", patch, float(near[chosen]), rows, columns, chosen)
    divisor = int(inside.sum())
    if isinstance(operation, Pooling):
        divisor = operation.divisor or (_counted(operation, rows, columns, height, width) or divisor)
    return PoolWindow("mean", patch, float(near[inside].sum() / divisor), rows, columns, divisor=divisor)


def unit_sum(layer: Layer, unit: int) -> UnitSum:
    """The sum behind ``layer.outputs[unit]`` of a linear layer.

    Raises:
        TypeError: where the layer is not linear, or its input was not recorded.
        IndexError: where it has no such unit.
    """
    operation, given = layer.operation, layer.inputs
    if not isinstance(operation, Linear) or given is None:
        raise TypeError(f"{layer.name} is no linear layer with a recorded input")
    if not 0 <= unit < len(operation.weight):
        raise IndexError(f"{layer.name} has {len(operation.weight)} units, so none is {unit}")
    inputs, weights = given.astype(np.float64), operation.weight[unit].astype(np.float64)
    products = inputs * weights
    bias = 0.0 if operation.bias is None else float(operation.bias[unit])
    order = np.argsort(-np.abs(products), kind="stable").astype(np.int64)
    return UnitSum(inputs, weights, products, order, bias, float(products.sum() + bias))


def _check(layer: Layer, channel: int, row: int, column: int) -> None:
    # Negative indices would count from the end.
    if min(channel, row, column) < 0:
        raise IndexError(f"{layer.name} has no pixel {row}, {column} in map {channel}")
    layer.outputs[channel, row, column]


def _patch(inputs: NDArray[np.float32], rows: Places, columns: Places, mode: str) -> Numbers:
    """C×kh×kw of C×H×W; places outside are filled as the padding mode says."""
    height, width = inputs.shape[1:]
    near = inputs.astype(np.float64)[:, _inside(rows, height, mode)[:, None], _inside(columns, width, mode)]
    if mode != "zeros":
        return near
    outside = ((rows < 0) | (rows >= height))[:, None] | ((columns < 0) | (columns >= width))[None, :]
    return np.where(outside, 0.0, near)


def _inside(places: Places, length: int, mode: str) -> Places:
    """Which place of the input stands for each, also for those beyond its edges."""
    if mode == "circular":
        return places % length
    if mode == "reflect" and length > 1:
        period = 2 * (length - 1)
        folded = places % period
        return np.minimum(folded, period - folded)
    return places.clip(0, length - 1)


def _window(operation: Pooling | AdaptivePooling, layer: Layer, row: int, column: int) -> tuple[Places, Places]:
    assert layer.inputs is not None
    if isinstance(operation, AdaptivePooling):
        edges = [
            (place * given // made, -(-(place + 1) * given // made))
            for place, given, made in zip((row, column), layer.inputs.shape[1:], layer.outputs.shape[1:], strict=True)
        ]
        return np.arange(*edges[0]), np.arange(*edges[1])
    rows, columns = (
        place * operation.stride[axis] - operation.padding[axis] + np.arange(operation.kernel[axis]) * dilation
        for axis, (place, dilation) in enumerate(zip((row, column), operation.dilation, strict=True))
    )
    return rows, columns


def _counted(operation: Pooling, rows: Places, columns: Places, height: int, width: int) -> int:
    """Places a mean divides by where padding counts: those within the padded input; 0 where it does not count."""
    if not operation.count_padding:
        return 0
    down, across = operation.padding
    return int((rows < height + down).sum() * (columns < width + across).sum())
