"""A parameter as a heat map; the number under the mouse, or at the arrow keys, is the one that is worked out."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from core.slow_step.records import Array
from core.views import Heatmap
from gui.slow_step.output_panel import wrapped
from gui.views.heatmap import HeatmapWidget

_LONGEST_ROW = 40
_SMALLEST_FRAME = 5.0


class Places:
    """Where each number of a parameter stands in a matrix: a row an output, or a long row in lines."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = shape
        self.count = math.prod(shape)
        self._flat = len(shape) < 2
        self.columns = min(self.count, _LONGEST_ROW) if self._flat else self.count // max(shape[0], 1)
        self.columns = max(self.columns, 1)

    def matrix(self, numbers: Array) -> Array:
        """The numbers in their places."""
        if self._flat:
            return wrapped(numbers.reshape(-1), self.columns)
        return numbers.reshape(-1, self.columns)

    def index(self, row: int, column: int) -> tuple[int, ...] | None:
        """Which number stands there, None: none does."""
        flat = row * self.columns + column
        if not (0 <= column < self.columns and 0 <= flat < self.count):
            return None
        return tuple(int(part) for part in np.unravel_index(flat, self.shape)) if self.shape else ()


class WeightMap(HeatmapWidget):
    """The mouse moves the cell until a click holds it; a second click lets it go again."""

    cell_changed = Signal()
    """Another number is chosen: see :meth:`at`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("weight_map")
        self.setAccessibleName("Numbers of the parameter")
        self.setAccessibleDescription("The mouse or the arrow keys choose a number; a click or Space holds it.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._places = Places(())
        self._cell = (0, 0)
        self._held = False

    def show_numbers(self, numbers: Array) -> None:
        """Show a parameter's weights, gradient or change; the cell stays where it was, if there is such a number."""
        if numbers.shape != self._places.shape:
            self._places, self._cell, self._held = Places(numbers.shape), (0, 0), False
        across = "number" if numbers.ndim < 2 else "input"
        down = "line" if numbers.ndim < 2 else "output"
        values = self._places.matrix(numbers)
        self.show_view(Heatmap(values=values, symmetric=True, x_label=across, y_label=down))

    def at(self) -> tuple[int, ...]:
        """The index of the number that is chosen, in the parameter."""
        return self._places.index(*self._cell) or ()

    def go_to(self, row: int, column: int) -> None:
        """Choose the number in that cell, if there is one."""
        if (row, column) != self._cell and self._places.index(row, column) is not None:
            self._cell = (row, column)
            self.viewport().update()
            self.cell_changed.emit()

    def held(self) -> bool:
        """Whether the mouse moves the cell no longer."""
        return self._held

    def sizeHint(self) -> QSize:
        """Wide, and not as tall."""
        return QSize(320, 200)

    def tip_at(self, point: QPoint) -> str:
        """Nothing: the panel below says all of it."""
        return ""

    def draw(self, painter: QPainter, visible: QRect) -> None:
        """The heat map, and a frame around the chosen cell that can be seen on any colour."""
        super().draw(painter, visible)
        layout = self.heatmap_layout()
        if layout is None or self._cell[0] >= layout.rows or self._cell[1] >= layout.columns:
            return
        cell = layout.cell(*self._cell)
        least = QRectF(0, 0, max(cell.width(), _SMALLEST_FRAME), max(cell.height(), _SMALLEST_FRAME))
        least.moveCenter(cell.center())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor("#101010"), 4 if self._held else 3))
        painter.drawRect(least)
        painter.setPen(QPen(QColor("#ffd54a"), 2 if self._held else 1))
        painter.drawRect(least)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go along, unless the cell is held."""
        cell = self._cell_at(event.position())
        if cell is not None and not self._held:
            self.go_to(*cell)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Hold the cell that was clicked, or let go of the one that is held."""
        cell = self._cell_at(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self._held = not (self._held and cell == self._cell)
            self.go_to(*cell)
            self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys move by one cell; Space holds."""
        keys = Qt.Key
        steps = {keys.Key_Left: (0, -1), keys.Key_Right: (0, 1), keys.Key_Up: (-1, 0), keys.Key_Down: (1, 0)}
        key = Qt.Key(event.key())
        if key in steps and not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._held = True  # or the next touch of the mouse would take it away
            self.go_to(self._cell[0] + steps[key][0], self._cell[1] + steps[key][1])
        elif key == keys.Key_Space:
            self._held = not self._held
            self.viewport().update()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The arrow keys are for this map now."""
        super().focusInEvent(event)
        self.viewport().update()

    def _cell_at(self, point: QPointF) -> tuple[int, int] | None:
        layout = self.heatmap_layout()
        return layout.cell_at(point) if layout is not None else None
