"""Where the parts of a heat map go: the matrix, its labels and the colour bar."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF

PAD = 8.0
TICK = 4.0
BAR_WIDTH = 12.0
MOST_SQUARE = 40
"""Up to so many rows and columns the cells keep a readable shape; larger matrices fill the area."""
_LONGEST_ASPECT = 2.0
_MEASURED = 200


@dataclass(frozen=True)
class HeatmapLayout:
    """Rectangles in the widget's pixels; ``upright_columns``: the column labels are turned by 90 degrees."""

    matrix: QRectF
    bar: QRectF
    row_label_width: float
    column_label_height: float
    upright_columns: bool
    rows: int
    columns: int

    @property
    def cell_width(self) -> float:
        """Pixels of one column."""
        return self.matrix.width() / self.columns

    @property
    def cell_height(self) -> float:
        """Pixels of one row."""
        return self.matrix.height() / self.rows

    def cell(self, row: int, column: int) -> QRectF:
        """The rectangle of one value."""
        left = self.matrix.left() + column * self.cell_width
        return QRectF(left, self.matrix.top() + row * self.cell_height, self.cell_width, self.cell_height)

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """Row and column at ``point``, if it lies in the matrix."""
        if not self.matrix.contains(point):
            return None
        row = int((point.y() - self.matrix.top()) / self.cell_height)
        column = int((point.x() - self.matrix.left()) / self.cell_width)
        return min(row, self.rows - 1), min(column, self.columns - 1)


@dataclass(frozen=True)
class HeatmapLabels:
    """The texts beside a matrix of ``rows``×``columns``; ``bar``: the numbers beside the colour bar.

    ``text_axis``: the columns are characters of a text.
    """

    rows: int
    columns: int
    row_labels: Sequence[str]
    column_labels: Sequence[str]
    has_x_label: bool
    has_y_label: bool
    bar: Sequence[str]
    text_axis: bool = False


def tick_labels(labels: Sequence[str], count: int) -> Sequence[str]:
    """``labels``, or the numbers from zero where there are none."""
    return labels if len(labels) == count else [str(index) for index in range(count)]


def every(pixels_each: float, pixels_needed: float) -> int:
    """Every how many labels can be drawn: 1, 2, 5, 10, 20, 50 and so on."""
    wanted = pixels_needed / max(pixels_each, 1e-9)
    step = 1
    while step < wanted:
        step = {"1": 2, "2": 5, "5": 10}[str(step)[0]] * 10 ** (len(str(step)) - 1)
    return step


def lay_out_heatmap(labels: HeatmapLabels, metrics: QFontMetricsF, width: float, height: float) -> HeatmapLayout:
    """Give the labels what they need, at most a third of the area, and the matrix the rest."""
    line = metrics.height()
    row_width = min(_widest(labels.row_labels, metrics), width * 0.33)
    # Of several over one text the columns are in line: their bars take the same room, whatever their numbers.
    bar_texts = [*labels.bar, "−0.888"] if labels.text_axis else labels.bar
    bar_width = BAR_WIDTH + TICK + _widest(bar_texts, metrics)
    left = PAD + (line + TICK if labels.has_y_label else 0.0) + row_width + TICK
    right = width - PAD - bar_width - 2 * PAD
    room = max(1.0, right - left)
    widest = _widest(labels.column_labels, metrics)
    named = len(labels.column_labels) > 0 and not labels.column_labels[0].isdigit()
    upright = named and not labels.text_axis and widest + TICK > room / labels.columns
    column_height = min(widest, height * 0.33) if upright else line
    bottom = height - PAD - column_height - TICK - (line + TICK if labels.has_x_label else 0.0)
    area = QRectF(left, PAD, room, max(1.0, bottom - PAD))
    matrix = area if labels.text_axis else _shaped(area, labels.rows, labels.columns)
    bar = QRectF(matrix.right() + 2 * PAD, matrix.top(), BAR_WIDTH, matrix.height())
    return HeatmapLayout(matrix, bar, row_width, column_height, upright, labels.rows, labels.columns)


def _widest(texts: Sequence[str], metrics: QFontMetricsF) -> float:
    step = max(1, math.ceil(len(texts) / _MEASURED))
    sample = [*texts[::step], *texts[-1:]]
    return max((metrics.horizontalAdvance(text[:60]) for text in sample), default=0.0)


def _shaped(area: QRectF, rows: int, columns: int) -> QRectF:
    """``area``, or for a small matrix the part of it in which no cell is more than twice as long as wide."""
    if max(rows, columns) > MOST_SQUARE:
        return area
    cell_width = min(area.width() / columns, _LONGEST_ASPECT * area.height() / rows)
    cell_height = min(area.height() / rows, _LONGEST_ASPECT * cell_width)
    width, height = cell_width * columns, cell_height * rows
    return QRectF(area.left() + (area.width() - width) / 2, area.top() + (area.height() - height) / 2, width, height)
