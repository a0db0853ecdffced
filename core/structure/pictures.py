"""Weights, activations and gradients as views: kernels and maps as pictures, matrices as colours, rows as bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.structure.sums import shape_text
from core.views import BarChart, Heatmap, ImageGrid, LinePlot, Stack, View

MOST_PICTURES = 64
MOST_CELLS = 128
"""Rows and columns of a matrix that are drawn; of larger ones, the beginning."""
MOST_BARS = 32
MOST_PARTS = 6
Numbers = NDArray[np.floating[Any]]


def weights_view(tensors: Mapping[str, Numbers]) -> View:
    """The parameters of one layer, below each other; ``tensors``: their names and numbers."""
    shown = list(tensors.items())[:MOST_PARTS]
    return Stack(parts=[(f"{name}, {shape_text(each.shape)}", tensor_view(each)) for name, each in shown])


def norms_view(tensors: Mapping[str, Numbers], what: str) -> View:
    """Of a block: how large each of its tensors is, root mean square, so that layers can be compared."""
    names = list(tensors)[:MOST_BARS]
    means = np.array([np.sqrt(np.mean(np.square(tensors[name], dtype=np.float64))) for name in names])
    rest = f" The first {MOST_BARS} of {len(tensors)} tensors." if len(tensors) > MOST_BARS else ""
    return BarChart(
        labels=names, values=means, caption=f"Root mean square of the {what}: open the block to see them.{rest}"
    )


def tensor_view(numbers: Numbers) -> View:
    """One parameter, or its gradient."""
    if numbers.ndim == 4 and numbers.shape[2] * numbers.shape[3] > 1:
        return _kernels(numbers)
    if numbers.ndim < 2:
        return row_view(numbers.reshape(-1), ())
    return _matrix(numbers.reshape(numbers.shape[0], -1), "inputs", "outputs")


def activation_view(numbers: Numbers, names: Sequence[str] = (), steps: Sequence[str] = ()) -> View:
    """Maps, a matrix of steps×units, or a row of units. ``names``: of the classes; ``steps``: of the tokens."""
    if numbers.ndim >= 3 and numbers.shape[-1] * numbers.shape[-2] > 1:
        maps = numbers.reshape(-1, *numbers.shape[-2:])
        return _pictures(maps, [str(place) for place in range(len(maps))], "maps")
    if numbers.ndim == 2 and numbers.shape[0] > 1:
        labels = steps if len(steps) == len(numbers) else ()
        return _matrix(numbers, "units", "steps", labels)
    row = numbers.reshape(-1)
    return row_view(row, names if len(names) == len(row) else ())


def row_view(row: Numbers, names: Sequence[str]) -> View:
    """Bars, or a curve where there are many."""
    if len(row) <= MOST_BARS:
        return BarChart(labels=list(names) or [str(place) for place in range(len(row))], values=row)
    return LinePlot(lines={"value": (np.arange(len(row), dtype=np.float64), row)}, x_label="unit")


def _kernels(numbers: Numbers) -> View:
    made, given = numbers.shape[:2]
    if given == 3:
        shown = np.nan_to_num(numbers[:MOST_PICTURES].transpose(0, 2, 3, 1).astype(np.float64))
        low, high = shown.min(), shown.max()
        colours = ((shown - low) / max(high - low, 1e-30) * 255).round().clip(0, 255)
        caption = "Each kernel in colours: what it adds for red, green and blue."
        labels = [str(place) for place in range(len(shown))]
        return ImageGrid(images=colours.astype(np.uint8), labels=labels, caption=caption)
    labels = [f"{out}←{channel}" if given > 1 else str(out) for out in range(made) for channel in range(given)]
    return _pictures(numbers.reshape(-1, *numbers.shape[2:]), labels, "kernels")


def _pictures(pictures: Numbers, labels: list[str], what: str) -> View:
    shown = pictures[:MOST_PICTURES]
    rest = f"The first {MOST_PICTURES} of {len(pictures):,} {what}." if len(pictures) > MOST_PICTURES else ""
    negative = bool((shown < 0).any())
    return ImageGrid(images=shown, labels=labels[:MOST_PICTURES], symmetric=negative, caption=rest)


def _matrix(numbers: Numbers, across: str, down: str, labels: Sequence[str] = ()) -> View:
    shown = numbers[:MOST_CELLS, :MOST_CELLS]
    rest = ""
    if shown.shape != numbers.shape:
        rest = f"The first {shape_text(shown.shape)} of {shape_text(numbers.shape)}."
    return Heatmap(
        values=shown,
        row_labels=list(labels[:MOST_CELLS]),
        x_label=across,
        y_label=down,
        symmetric=bool((shown < 0).any()),
        caption=rest,
    )
