"""The units of a layer without places, as upright bars in as many rows as they need."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPalette, QPen
from PySide6.QtWidgets import QWidget

from core.explain.operations import Floats
from gui.views.canvas import Canvas, small
from gui.views.colormaps import diverging
from gui.views.image_grid import rgb_image
from gui.views.numbers import format_number

_PAD = 10.0
_THINNEST, _WIDEST = 9.0, 64.0
_TALLEST = 150.0
_LOWEST = 44.0
_GAP = 10.0


class UnitStrip(Canvas):
    """Bars up for numbers above zero, down for those below; a click, or Enter on one of them, chooses it."""

    unit_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("unit_strip")
        self.setAccessibleName("Units")
        self.setAccessibleDescription("The arrow keys go from unit to unit, Enter shows how its number came about.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._values: Floats = np.zeros(0, dtype=np.float32)
        self._names: tuple[str, ...] = ()
        self._chosen: int | None = None
        self._at = 0
        self._columns, self._pitch, self._height = 1, _THINNEST, _LOWEST

    def show_units(self, values: Floats, names: Sequence[str] = (), chosen: int | None = None) -> None:
        """Show N numbers, with a name each where there are names."""
        self._values = np.nan_to_num(values.astype(np.float32).ravel())
        self._names = tuple(names) if len(names) == len(self._values) else ()
        self._chosen = chosen
        self._at = min(self._at, max(0, len(self._values) - 1))
        self.set_notice("" if len(self._values) else "This layer has no units.")
        self.refresh()

    def lay_out(self, width: int, height: int) -> int:
        """Bars as wide as fit, then rows as high as fit."""
        count = max(1, len(self._values))
        room = max(_THINNEST, width - 2 * _PAD)
        self._columns = max(1, min(count, int(room / _THINNEST)))
        if self._names:
            metrics = QFontMetricsF(small(self.font()))
            widest = max(metrics.horizontalAdvance(name) for name in self._names) + 6
            self._columns = max(1, min(count, int(room / min(max(widest, _THINNEST), _WIDEST))))
        rows = math.ceil(count / self._columns)
        self._pitch = min(_WIDEST, room / self._columns)
        share = (height - 2 * _PAD - (rows - 1) * _GAP) / rows
        self._height = min(max(_LOWEST, share), _TALLEST)
        return math.ceil(rows * (self._height + _GAP) - _GAP + 2 * _PAD)

    def draw(self, painter: QPainter, visible: QRect) -> None:
        """The bars in view, a line at zero, and the names."""
        painter.setFont(small(self.font()))
        rows = math.ceil(len(self._values) / self._columns)
        for row in range(rows):
            area = self._row_area(row)
            if area.bottom() < visible.top() or area.top() > visible.bottom():
                continue
            zero = self._zero(area)
            painter.setPen(self.palette().color(QPalette.ColorRole.Mid))
            painter.drawLine(round(area.left()), round(zero), round(area.right()), round(zero))
            for index in range(row * self._columns, min((row + 1) * self._columns, len(self._values))):
                self._draw_unit(painter, index, zero, area)

    def tip_at(self, point: QPoint) -> str:
        """Name and number of the bar under the mouse."""
        index = self.unit_at(point)
        return "" if index is None else f"{self._name(index)}: {format_number(float(self._values[index]), 6)}"

    def unit_at(self, point: QPoint) -> int | None:
        """The unit at a place of the content."""
        row = math.floor((point.y() - _PAD) / (self._height + _GAP))
        column = math.floor((point.x() - _PAD) / self._pitch)
        index = row * self._columns + column
        inside = row >= 0 and 0 <= column < self._columns and index < len(self._values)
        return index if inside else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the unit that was clicked."""
        index = self.unit_at(event.position().toPoint() + QPoint(0, self.verticalScrollBar().value()))
        if index is not None and event.button() == Qt.MouseButton.LeftButton:
            self._at = index
            self.unit_chosen.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys move; Enter and Space choose."""
        keys = Qt.Key
        steps = {keys.Key_Left: -1, keys.Key_Right: 1, keys.Key_Up: -self._columns, keys.Key_Down: self._columns}
        key = Qt.Key(event.key())
        if key in steps and 0 <= self._at + steps[key] < len(self._values):
            self._at += steps[key]
            self.viewport().update()
        elif key in (keys.Key_Return, keys.Key_Enter, keys.Key_Space) and len(self._values):
            self.unit_chosen.emit(self._at)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show which bar the keys are at."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show it no longer."""
        super().focusOutEvent(event)
        self.viewport().update()

    def _name(self, index: int) -> str:
        return self._names[index] if self._names else f"unit {index}"

    def _row_area(self, row: int) -> QRectF:
        return QRectF(_PAD, _PAD + row * (self._height + _GAP), self._columns * self._pitch, self._height)

    def _ends(self) -> tuple[float, float]:
        low, high = float(self._values.min(initial=0.0)), float(self._values.max(initial=0.0))
        return (low, high) if high > low else (0.0, 1.0)

    def _bars_height(self, area: QRectF) -> float:
        return area.height() - (QFontMetricsF(small(self.font())).height() if self._names else 0.0)

    def _zero(self, area: QRectF) -> float:
        low, high = self._ends()
        return area.top() + self._bars_height(area) * high / (high - low)

    def _draw_unit(self, painter: QPainter, index: int, zero: float, area: QRectF) -> None:
        low, high = self._ends()
        value = float(self._values[index])
        left = area.left() + (index % self._columns) * self._pitch
        height = abs(value) / (high - low) * self._bars_height(area)
        width = max(2.0, self._pitch * 0.72)
        bar = QRectF(left + (self._pitch - width) / 2, zero - height if value >= 0 else zero, width, max(1.0, height))
        place = 200 if value >= 0 else 55
        painter.fillRect(bar, rgb_image(diverging()[None, place : place + 1]).pixelColor(0, 0))
        cell = QRectF(left, area.top(), self._pitch, area.height()).adjusted(0.5, -2, -0.5, 1)
        if index == self._chosen or (index == self._at and self.hasFocus()):
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), 1.5))
            painter.drawRect(cell)
        if self._names:
            painter.setPen(self.palette().color(QPalette.ColorRole.Text))
            metrics = painter.fontMetrics()
            text = metrics.elidedText(self._names[index], Qt.TextElideMode.ElideRight, int(self._pitch))
            line = QRectF(left, area.bottom() - metrics.height(), self._pitch, metrics.height())
            painter.drawText(line, Qt.AlignmentFlag.AlignCenter, text)
