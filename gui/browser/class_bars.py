"""How many samples each class has, as bars that can be clicked."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from gui.views.bar_chart import BarChartWidget


class ClassBars(BarChartWidget):
    """A click on a bar tells which; the same is done by the picker above the grid, for those without a mouse."""

    clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("class_bars")
        self.setAccessibleName("Samples in each class")
        self.setAccessibleDescription("The picker of the class, above the samples, filters by class, too.")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tell which bar it was."""
        row = self._row_at(event.position().toPoint())
        if row >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(row)

    def tip_at(self, point: QPoint) -> str:
        """Class and number, and what a click does."""
        tip = super().tip_at(point)
        return f"{tip}\nClick to show only this class, or all again" if tip else ""

    def _row_at(self, point: QPoint) -> int:
        layout = self.bar_layout()
        row = layout.row_at(point.y() + self.verticalScrollBar().value()) if layout else -1
        return row if 0 <= row < len(self._values) else -1
