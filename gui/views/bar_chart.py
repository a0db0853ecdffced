"""Named horizontal bars with their values."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPalette
from PySide6.QtWidgets import QWidget

from core.views import BarChart
from gui.theme import mix
from gui.views.canvas import Canvas
from gui.views.colormaps import finite_range
from gui.views.numbers import format_number, with_unit

PAD = 10.0
_GAP = 8.0
_MOST_ROW_HEIGHT = 34.0
_MEASURED = 200


@dataclass(frozen=True)
class BarLayout:
    """``zero`` and ``pixels_each`` place a value on the x axis; rows are ``row_height`` high from ``top`` on."""

    top: float
    row_height: float
    label_width: float
    left: float
    right: float
    zero: float
    pixels_each: float

    def x_of(self, value: float) -> float:
        """Where ``value`` is; infinities at the ends of the axis."""
        if math.isinf(value):
            return self.right if value > 0 else self.left
        return self.zero + value * self.pixels_each

    def bar(self, index: int, value: float) -> QRectF:
        """The rectangle from zero to ``value``; for NaN the whole axis."""
        first, last = (self.left, self.right) if math.isnan(value) else sorted((self.zero, self.x_of(value)))
        inset = min(5.0, self.row_height * 0.2)
        top = self.top + index * self.row_height + inset
        return QRectF(first, top, max(1.0, last - first), self.row_height - 2 * inset)

    def row_at(self, y: float) -> int:
        """The index of the row at this height of the content; may be outside the rows."""
        return math.floor((y - self.top) / self.row_height)


class BarChartWidget(Canvas):
    """Draws a :class:`~core.views.BarChart`; only the rows in view are painted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: BarChart | None = None
        self._values: NDArray[Any] = np.zeros(0)
        self._layout: BarLayout | None = None

    def show_view(self, view: BarChart) -> None:
        """Draw ``view``; the scroll position stays.

        Raises:
            ValueError: when its values are not a row of numbers.
        """
        values = np.asarray(view.values)
        if values.ndim != 1 or (values.size and values.dtype.kind not in "buif"):
            raise ValueError(f"bars need one number each, not {values.ndim} dimensions of {values.dtype}")
        self._view, self._values = view, values.astype(np.float64)
        self.set_notice("" if values.size else "There are no bars in this view.")
        self.refresh()

    def lay_out(self, width: int, height: int) -> int:
        """Rows as high as fit, within bounds; return the height of all."""
        if self._view is None or not self._values.size:
            return height
        metrics = QFontMetricsF(self.font())
        line = metrics.height()
        room = (height - 2 * PAD) / len(self._values)
        row_height = min(max(line + 6, room), max(_MOST_ROW_HEIGHT, line + 6))
        needed = row_height * len(self._values) + 2 * PAD
        label_width = min(_widest([str(label) for label in _sample(self._view.labels)], metrics), width * 0.4)
        value_width = _widest([with_unit(value, self._view.unit) for value in _sample(self._values)], metrics) + _GAP
        low, high = finite_range(self._values) or (0.0, 1.0)
        low, high = min(low, 0.0), max(high, 0.0)
        left = PAD + label_width + _GAP + (value_width if low < 0 else 0.0)
        right = max(left + 1.0, width - PAD - value_width)
        pixels_each = (right - left) / ((high - low) or 1.0)
        top = PAD + max(0.0, (height - needed) / 2)
        self._layout = BarLayout(top, row_height, label_width, left, right, left - low * pixels_each, pixels_each)
        return math.ceil(needed)

    def draw(self, painter: QPainter, visible: QRect) -> None:
        """Paint the rows in view."""
        layout = self._layout
        if layout is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = QFontMetricsF(painter.font(), painter.device())
        first = max(0, layout.row_at(visible.top()))
        last = min(len(self._values), layout.row_at(visible.bottom()) + 1)
        for index in range(first, last):
            self._draw_row(painter, metrics, layout, index)
        if first < last:
            painter.setPen(self.palette().color(QPalette.ColorRole.Mid))
            top, bottom = layout.top + first * layout.row_height, layout.top + last * layout.row_height
            painter.drawLine(round(layout.zero), round(top), round(layout.zero), round(bottom))

    def tip_at(self, point: QPoint) -> str:
        """Label and value of the row under the mouse."""
        index = self._layout.row_at(point.y()) if self._layout else -1
        if self._view is None or not 0 <= index < len(self._values):
            return ""
        return f"{self._view.labels[index]}: {format_number(self._values[index], 6)} {self._view.unit}".rstrip()

    def bar_layout(self) -> BarLayout | None:
        """Where the bars are, once there is something to draw."""
        return self._layout

    def _draw_row(self, painter: QPainter, metrics: QFontMetricsF, layout: BarLayout, index: int) -> None:
        assert self._view is not None
        value, bar = float(self._values[index]), layout.bar(index, float(self._values[index]))
        stressed = index == self._view.highlight
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._brush(value, stressed))
        painter.drawRoundedRect(bar, 3, 3)
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        font = painter.font()
        font.setBold(stressed)
        painter.setFont(font)
        middle = Qt.AlignmentFlag.AlignVCenter
        label_area = QRectF(PAD, bar.top() - 10, layout.label_width, bar.height() + 20)
        label = metrics.elidedText(str(self._view.labels[index])[:120], Qt.TextElideMode.ElideRight, layout.label_width)
        painter.drawText(label_area, middle | Qt.AlignmentFlag.AlignRight, label)
        text = with_unit(value, self._view.unit)
        end = layout.zero if math.isnan(value) else layout.x_of(value)
        if value < 0:
            area = QRectF(end - 300 - _GAP / 2, bar.top() - 10, 300, bar.height() + 20)
            painter.drawText(area, middle | Qt.AlignmentFlag.AlignRight, text)
        else:
            painter.drawText(QRectF(end + _GAP / 2, bar.top() - 10, 300, bar.height() + 20), middle, text)

    def _brush(self, value: float, stressed: bool) -> QBrush:
        palette = self.palette()
        if math.isnan(value):
            return QBrush(palette.color(QPalette.ColorRole.Mid), Qt.BrushStyle.BDiagPattern)
        accent = palette.color(QPalette.ColorRole.Accent)
        quiet = self._view is not None and self._view.highlight is not None and not stressed
        return QBrush(mix(palette.color(QPalette.ColorRole.Base), accent, 0.45) if quiet else QColor(accent))


def _sample(items: Any) -> list[Any]:
    step = max(1, len(items) // _MEASURED)
    return [items[index] for index in range(0, len(items), step)]


def _widest(texts: list[str], metrics: QFontMetricsF) -> float:
    # A tenth more: the bar that is stressed is written in bold.
    return 1.1 * max((metrics.horizontalAdvance(text[:120]) for text in texts), default=0.0)
