"""One sample, as large as there is room for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from gui.browser.strips import side_by_side

_LARGEST = 288


class PictureView(QWidget):
    """Draws a C×H×W picture pixel by pixel; a double click is told."""

    double_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("The chosen sample")
        self._image: QImage | None = None
        self.setMinimumSize(96, 96)

    def show_picture(self, picture: NDArray[np.uint8] | None) -> None:
        """Show it; None: nothing."""
        self._image = None if picture is None else side_by_side(picture[None])
        self.setFixedHeight(self.heightForWidth(self.width()))
        self.update()

    def image(self) -> QImage | None:
        """What is shown, one pixel for each of the sample's."""
        return self._image

    def heightForWidth(self, width: int) -> int:
        """As high as the picture is at that width, within bounds."""
        if self._image is None:
            return min(width, _LARGEST)
        return max(96, min(round(width * self._image.height() / self._image.width()), width, _LARGEST))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As high as the picture is at this width."""
        super().resizeEvent(event)
        self.setFixedHeight(self.heightForWidth(self.width()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Somebody wants to do something with it."""
        self.double_clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """In the middle; whole squares for each pixel where it is enlarged."""
        if self._image is None:
            return
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        room = min(self.width() / self._image.width(), self.height() / self._image.height()) * ratio
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, room < 1)
        scale = (int(room) if room >= 1 else room) / ratio
        width, height = self._image.width() * scale, self._image.height() * scale
        left, top = (self.width() - width) / 2, (self.height() - height) / 2
        target = QRectF(round(left * ratio) / ratio, round(top * ratio) / ratio, width, height)
        painter.drawImage(target, self._image)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Mid), 1.0))
        painter.drawRect(target.adjusted(-0.5, -0.5, 0.5, 0.5))
