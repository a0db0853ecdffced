"""What a visualization computes: plain data that any front end can draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.floating]


@dataclass(frozen=True, kw_only=True)
class ViewBase:
    """What every view has: a ``caption`` of one sentence, drawn below it."""

    caption: str = ""


@dataclass(frozen=True, kw_only=True)
class LinePlot(ViewBase):
    """Curves over a common axis. ``lines``: name -> (x, y), two arrays of one length.

    ``markers``: a dot at each point, for curves of few points.
    """

    lines: dict[str, tuple[Floats, Floats]]
    x_label: str = ""
    y_label: str = ""
    log_y: bool = False
    markers: bool = False


@dataclass(frozen=True, kw_only=True)
class ImageGrid(ViewBase):
    """Pictures side by side.

    ``images``: N×H×W (grey, any range, drawn from its minimum to its maximum or, with
    ``symmetric``, in two colours around zero) or N×H×W×3 (uint8 RGB). ``labels``: one a picture, or none.
    """

    images: NDArray[np.generic]
    labels: Sequence[str] = ()
    columns: int | None = None
    symmetric: bool = False

    def __post_init__(self) -> None:
        shape = self.images.shape
        if len(shape) not in (3, 4) or (len(shape) == 4 and shape[3] != 3):
            raise ValueError(f"images must be N×H×W or N×H×W×3, not {'×'.join(map(str, shape))}")
        if self.labels and len(self.labels) != shape[0]:
            raise ValueError(f"{len(self.labels)} labels for {shape[0]} images")


@dataclass(frozen=True, kw_only=True)
class Heatmap(ViewBase):
    """A matrix, rows×columns, as colours; ``symmetric`` puts the colour scale's middle at zero.

    ``ends``: the values at the scale's two ends; None: the smallest and the largest there are. ``text_axis``: the
    columns are the characters of a text, which are all drawn side by side.
    """

    values: Floats
    row_labels: Sequence[str] = ()
    column_labels: Sequence[str] = ()
    x_label: str = ""
    y_label: str = ""
    symmetric: bool = False
    show_numbers: bool = False
    ends: tuple[float, float] | None = None
    text_axis: bool = False


@dataclass(frozen=True, kw_only=True)
class BarChart(ViewBase):
    """Named bars. ``values``: one number a label; ``highlight``: the index of the bar to stress."""

    labels: Sequence[str]
    values: Floats
    highlight: int | None = None
    unit: str = ""

    def __post_init__(self) -> None:
        if len(self.labels) != len(self.values):
            raise ValueError(f"{len(self.labels)} labels for {len(self.values)} bars")


@dataclass(frozen=True, kw_only=True)
class ColoredText(ViewBase):
    """Text in which each character has a value in -1..1 (blue below zero, red above)."""

    text: str
    values: Floats

    def __post_init__(self) -> None:
        if len(self.text) != len(self.values):
            raise ValueError(f"{len(self.values)} values for {len(self.text)} characters")


@dataclass(frozen=True)
class Node:
    """A box of a :class:`Graph`; ``detail`` is shown below the title, ``value`` in -1..1 colours it."""

    id: str
    title: str
    detail: str = ""
    value: float | None = None


@dataclass(frozen=True, kw_only=True)
class Graph(ViewBase):
    """A directed graph, laid out from left to right. ``edges``: pairs of node ids."""

    nodes: Sequence[Node]
    edges: Sequence[tuple[str, str]]

    def __post_init__(self) -> None:
        known = {node.id for node in self.nodes}
        unknown = {end for edge in self.edges for end in edge} - known
        if unknown:
            raise ValueError(f"edges name unknown nodes: {', '.join(sorted(unknown))}")


@dataclass(frozen=True, kw_only=True)
class Table(ViewBase):
    """Rows of cells below ``columns``; numbers are aligned to the right and can be sorted."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str | int | float]] = field(default_factory=tuple)

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"a row of {len(row)} cells in a table of {len(self.columns)} columns")


@dataclass(frozen=True, kw_only=True)
class TextList(ViewBase):
    """Texts below each other, the first on top. ``entries``: a heading and a text of any number of lines each."""

    entries: Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class TextCells(ViewBase):
    """A text and what each of many cells is at each of its characters: the person chooses the cell.

    ``values``: characters×cells, each in -1..1, after the character was read. ``names``: one a cell.
    ``signals``: name -> one number a character; the cells are ranked by how closely they follow the chosen one.
    """

    text: str
    values: Floats
    names: Sequence[str]
    signals: Mapping[str, Floats] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.text), len(self.names)):
            found = "×".join(map(str, self.values.shape))
            raise ValueError(f"{found} values for {len(self.text)} characters and {len(self.names)} cells")
        for name, signal in self.signals.items():
            if len(signal) != len(self.text):
                raise ValueError(f"the signal {name!r} has {len(signal)} values for {len(self.text)} characters")


@dataclass(frozen=True)
class Layer:
    """A row of an :class:`Unrolled` diagram: a box of numbers for each time step.

    ``values``: steps×numbers. ``labels``: one a number, or none. ``marks``: steps×numbers, 1 where a number is
    drawn as good (green), -1 as bad (red), 0 as neither. ``carries``: an arrow leads from each step to the next.
    ``link``: what the arrow from the layer below is called; ``carry``: what the one to the next step is called.
    """

    name: str
    values: Floats
    labels: Sequence[str] = ()
    marks: NDArray[np.integer] | None = None
    carries: bool = False
    link: str = ""
    carry: str = ""


@dataclass(frozen=True, kw_only=True)
class Unrolled(ViewBase):
    """A recurrent network unrolled in time: layers from the bottom to the top, time from the left to the right.

    ``inputs`` and ``targets``: what stands below and above each step (``targets`` may be empty). As in Andrej
    Karpathy's "The Unreasonable Effectiveness of Recurrent Neural Networks" (2015).
    """

    inputs: Sequence[str]
    layers: Sequence[Layer]
    targets: Sequence[str] = ()

    def __post_init__(self) -> None:
        for layer in self.layers:
            if layer.values.ndim != 2 or len(layer.values) != len(self.inputs):
                raise ValueError(f"{layer.name}: values of shape {layer.values.shape} for {len(self.inputs)} steps")
            if layer.marks is not None and layer.marks.shape != layer.values.shape:
                raise ValueError(f"{layer.name}: marks of shape {layer.marks.shape} for {layer.values.shape} values")
            if layer.labels and len(layer.labels) != layer.values.shape[1]:
                raise ValueError(f"{layer.name}: {len(layer.labels)} labels for {layer.values.shape[1]} numbers")
        if self.targets and len(self.targets) != len(self.inputs):
            raise ValueError(f"{len(self.targets)} targets for {len(self.inputs)} steps")


@dataclass(frozen=True, kw_only=True)
class Stack(ViewBase):
    """Several views below each other, each with its title: ``parts`` are pairs of title and view."""

    parts: Sequence[tuple[str, View]]


View: TypeAlias = (
    "LinePlot | ImageGrid | Heatmap | BarChart | ColoredText | Graph | Table | TextList | TextCells | Unrolled | Stack"
)
VIEW_TYPES = (
    *(LinePlot, ImageGrid, Heatmap, BarChart, ColoredText, Graph, Table),
    *(TextList, TextCells, Unrolled, Stack),
)
