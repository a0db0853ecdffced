"""One feature map, enlarged; the pixel under the mouse, or at the arrow keys, is the one that is worked out."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.explain.operations import Floats
from gui.views.colormaps import grey, scale_for
from gui.views.image_grid import rgb_image


class MapView(QWidget):
    """The mouse moves the pixel until a click holds it; a second click lets it go again."""

    pixel_changed = Signal(int, int)
    """Row and column of another pixel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("map_view")
        self.setAccessibleName("Feature map")
        self.setAccessibleDescription("The mouse or the arrow keys choose a pixel; a click or Space holds it.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumSize(96, 96)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._image: QImage | None = None
        self._pixel = (0, 0)
        self._held = False

    def show_map(self, values: Floats) -> None:
        """Show an H×W map; the pixel stays where it was, if there is such a pixel."""
        scale = scale_for(values, symmetric=bool((values < 0).any()), table=grey())
        self._image = rgb_image(scale.colours(values))
        height, width = values.shape
        row, column = min(self._pixel[0], height - 1), min(self._pixel[1], width - 1)
        self._pixel = (row, column)
        self.update()

    def pixel(self) -> tuple[int, int]:
        """Row and column of the pixel that is chosen."""
        return self._pixel

    def held(self) -> bool:
        """Whether the mouse moves the pixel no longer."""
        return self._held

    def go_to(self, row: int, column: int) -> None:
        """Choose this pixel."""
        if self._image is None or not (0 <= row < self._image.height() and 0 <= column < self._image.width()):
            return
        if (row, column) != self._pixel:
            self._pixel = (row, column)
            self.update()
            self.pixel_changed.emit(row, column)

    def go_to_strongest(self, values: Floats) -> None:
        """Choose the pixel with the largest number, up or down, and let the mouse move it."""
        row, column = np.unravel_index(int(np.abs(np.nan_to_num(values)).argmax()), values.shape)
        self._held = False
        self._pixel = (int(row), int(column))
        self.update()

    def sizeHint(self) -> QSize:
        """A square that leaves room for the arithmetic."""
        return QSize(220, 220)

    def area(self) -> QRectF:
        """Where the map is: whole device pixels a pixel, if there is room for them."""
        if self._image is None:
            return QRectF()
        ratio = self.devicePixelRatioF()
        scale = min((self.width() - 2) / self._image.width(), (self.height() - 2) / self._image.height())
        scale = int(scale * ratio) / ratio if scale * ratio >= 1 else max(scale, 0.01)
        width, height = self._image.width() * scale, self._image.height() * scale
        return QRectF(round((self.width() - width) / 2), 1, width, height)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go along, unless the pixel is held."""
        pixel = self._at(event.position())
        if pixel is not None and not self._held:
            self.go_to(*pixel)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Hold the pixel that was clicked, or let go of the one that is held."""
        pixel = self._at(event.position())
        if pixel is not None and event.button() == Qt.MouseButton.LeftButton:
            self._held = not (self._held and pixel == self._pixel)
            self.go_to(*pixel)
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys move by one pixel; Space holds."""
        keys = Qt.Key
        steps = {keys.Key_Left: (0, -1), keys.Key_Right: (0, 1), keys.Key_Up: (-1, 0), keys.Key_Down: (1, 0)}
        key = Qt.Key(event.key())
        if key in steps:
            self._held = True  # or the next touch of the mouse would take it away
            self.go_to(self._pixel[0] + steps[key][0], self._pixel[1] + steps[key][1])
        elif key == keys.Key_Space:
            self._held = not self._held
            self.update()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The map, and a frame around the pixel that can be seen on any colour."""
        if self._image is None:
            return
        painter, area = QPainter(self), self.area()
        painter.drawImage(area, self._image)
        painter.setPen(
            QPen(self.palette().color(QPalette.ColorRole.Accent if self.hasFocus() else QPalette.ColorRole.Mid))
        )
        painter.drawRect(area.adjusted(-1, -1, 0, 0))
        side = area.width() / self._image.width()
        row, column = self._pixel
        frame = QRectF(area.left() + column * side, area.top() + row * side, side, side).adjusted(-1, -1, 1, 1)
        painter.setPen(QPen(QColor("#101010"), 4 if self._held else 3))
        painter.drawRect(frame)
        painter.setPen(QPen(QColor("#ffd54a"), 2 if self._held else 1))
        painter.drawRect(frame)

    def _at(self, point: QPointF) -> tuple[int, int] | None:
        area = self.area()
        if self._image is None or not area.contains(point):
            return None
        row = int((point.y() - area.top()) / area.height() * self._image.height())
        column = int((point.x() - area.left()) / area.width() * self._image.width())
        return min(row, self._image.height() - 1), min(column, self._image.width() - 1)
