"""All feature maps of one layer; a click, or Enter on one of them, chooses it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPalette, QPen
from PySide6.QtWidgets import QWidget

from core.explain.operations import Floats
from core.views import ImageGrid
from gui.views.image_grid import ImageGridWidget


class MapGrid(ImageGridWidget):
    """The maps side by side, on one scale: grey, or blue to red around zero where there is something below zero."""

    map_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("map_grid")
        self.setAccessibleName("Feature maps")
        self.setAccessibleDescription("The arrow keys go from map to map, Enter enlarges one.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self._count = 0
        self._at = 0

    def show_maps(self, maps: Floats) -> None:
        """Show N×H×W maps."""
        self._count = len(maps)
        self._at = min(self._at, max(0, self._count - 1))
        labels = [str(index) for index in range(len(maps))]
        self.show_view(ImageGrid(images=maps, labels=labels, symmetric=bool((maps < 0).any())))

    def draw(self, painter: QPainter, visible: QRect) -> None:
        """The maps, and a frame around the one that has the keyboard focus."""
        super().draw(painter, visible)
        layout = self.grid_layout()
        if layout is None or not self.hasFocus() or not self._count:
            return
        x, y = layout.picture_corner(*divmod(self._at, layout.columns))
        frame = QRectF(x, y, layout.picture_width, layout.picture_height).adjusted(-2, -2, 2, 2)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), 2))
        painter.drawRect(frame)

    def tip_at(self, point: QPoint) -> str:
        """What is under the mouse, and what a click does."""
        tip = super().tip_at(point)
        return f"map {tip}\nclick to enlarge" if tip else ""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the map that was clicked."""
        layout = self.grid_layout()
        y = event.position().y() + self.verticalScrollBar().value()
        cell = layout.cell_at(event.position().x(), y) if layout else None
        if layout is None or cell is None or event.button() != Qt.MouseButton.LeftButton:
            return
        index = cell[0] * layout.columns + cell[1]
        if index < self._count:
            self._at = index
            self.map_chosen.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys, Home and End move; Enter and Space choose."""
        layout = self.grid_layout()
        columns = layout.columns if layout else 1
        keys = Qt.Key
        steps = {keys.Key_Left: -1, keys.Key_Right: 1, keys.Key_Up: -columns, keys.Key_Down: columns}
        key = Qt.Key(event.key())
        if key in steps:
            self._go(self._at + steps[key])
        elif key in (keys.Key_Home, keys.Key_End):
            self._go(0 if key == keys.Key_Home else self._count - 1)
        elif key in (keys.Key_Return, keys.Key_Enter, keys.Key_Space) and self._count:
            self.map_chosen.emit(self._at)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the frame."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the frame away."""
        super().focusOutEvent(event)
        self.viewport().update()

    def _go(self, index: int) -> None:
        layout = self.grid_layout()
        if not 0 <= index < self._count or layout is None:
            return
        self._at = index
        _, y = layout.picture_corner(*divmod(index, layout.columns))
        bar, height = self.verticalScrollBar(), self.viewport().height()
        if y < bar.value():
            bar.setValue(int(y) - 6)
        elif y + layout.cell_height > bar.value() + height:
            bar.setValue(int(y + layout.cell_height - height) + 6)
        self.viewport().update()
