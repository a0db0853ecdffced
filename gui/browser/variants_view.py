"""A sample and its variants, side by side; each can be clicked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from gui.browser.strips import side_by_side

COLUMNS = 4
_GAP = 4
_WIDEST = 320


class VariantsView(QWidget):
    """Draws N×C×H×W pictures in rows of four, the first of them framed: it is the sample itself."""

    clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("The sample and its variants")
        self.setToolTip("The sample (framed) and what training makes of it: click one to try it")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._image: QImage | None = None
        self._shape = (0, 1, 1)

    def show_pictures(self, pictures: NDArray[np.uint8]) -> None:
        """The sample first."""
        count, _, height, width = pictures.shape
        if self._shape != (count, height, width):
            self._shape = (count, height, width)
            self.setFixedHeight(self.heightForWidth(self.width()))
        self._image = side_by_side(pictures)
        self.update()

    def heightForWidth(self, width: int) -> int:
        """Of all rows."""
        rows = -(-self._shape[0] // COLUMNS)
        return round(rows * (self._size(width)[1] + _GAP)) + 2

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As high as all rows are at this width."""
        super().resizeEvent(event)
        self.setFixedHeight(self.heightForWidth(self.width()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tell which one it was."""
        for index in range(self._shape[0]):
            if event.button() == Qt.MouseButton.LeftButton and self._cell(index).contains(event.position()):
                self.clicked.emit(index)

    def paintEvent(self, event: QPaintEvent) -> None:
        """All of them."""
        if self._image is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        count, height, width = self._shape
        for index in range(count):
            painter.drawImage(self._cell(index), self._image, QRectF(index * width, 0, width, height))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), 2.0))
        painter.drawRoundedRect(self._cell(0), 2, 2)

    def _size(self, width: int) -> tuple[float, float]:
        """Width and height of one, px."""
        wide = (min(width, _WIDEST) - 2 - (COLUMNS - 1) * _GAP) / COLUMNS
        return wide, wide * self._shape[1] / self._shape[2]

    def _cell(self, index: int) -> QRectF:
        wide, high = self._size(self.width())
        left = max(1.0, (self.width() - COLUMNS * (wide + _GAP) + _GAP) / 2)
        row, column = divmod(index, COLUMNS)
        return QRectF(left + column * (wide + _GAP), 1 + row * (high + _GAP), wide, high)
