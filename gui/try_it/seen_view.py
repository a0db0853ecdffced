"""The picture as the network was given it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QWidget

from gui.views.canvas import small
from gui.views.image_grid import rgb_image

CAPTION = "As the network sees it"
_CAPTION_IN_TWO = "As the network\nsees it"
_GRID = 32
"""Px: small networks look at 28 or 32 px a side, which are then drawn as whole squares."""
_TIP = "What is given to the network: scaled, and for digits turned to white on black, cropped and centred."
_FADED = 0.35


class SeenView(QWidget):
    """Draws a C×H×W picture pixel by pixel, with a caption; an empty frame while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("seen_view")
        self.setAccessibleName(CAPTION)
        self.setToolTip(_TIP)
        self._image: QImage | None = None
        self._shape = ""
        self._faded = False

    def show_seen(self, seen: NDArray[np.uint8]) -> None:
        """Show a C×H×W uint8 picture; C is 1 (grey) or 3 (RGB)."""
        pixels = seen.transpose(1, 2, 0)
        self._image = rgb_image(np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels)
        height, width, channels = pixels.shape
        self._shape = f"{width}×{height} px, {'grey' if channels == 1 else 'RGB'}"
        self._faded = False
        self.setAccessibleDescription(self._shape)
        self.update()

    def clear(self) -> None:
        """Show the empty frame."""
        self._image, self._shape, self._faded = None, "", False
        self.setAccessibleDescription("")
        self.update()

    def set_faded(self, faded: bool) -> None:
        """Show that the picture is of an earlier answer."""
        if faded != self._faded:
            self._faded = faded
            self.update()

    def image(self) -> QImage | None:
        """One pixel of this for each that the network was given, if there is anything."""
        return self._image

    def sizeHint(self) -> QSize:
        """Room for 28 pixels, each drawn four times as large, and the caption."""
        return QSize(128, 170)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture at the top, the caption below."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = self._frame()
        if self._image is None:
            self._paint_empty(painter, frame)
        else:
            self._paint_image(painter, self._image, frame)
        self._paint_caption(painter, frame)

    def _frame(self) -> QRect:
        """A square that leaves room for the caption and that pictures of the usual sizes fill."""
        side = max(1, min(self.width(), self.height() - 3 * (self.fontMetrics().height() + 1)))
        side = side // _GRID * _GRID or side
        return QRect((self.width() - side) // 2, 0, side, side)

    def _paint_empty(self, painter: QPainter, frame: QRect) -> None:
        pen = QPen(self.palette().color(QPalette.ColorRole.Mid), 1.0)
        pen.setDashPattern([4.0, 3.0])
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(frame).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    def _paint_image(self, painter: QPainter, image: QImage, frame: QRect) -> None:
        """Each pixel becomes a square of whole device pixels; only what does not fit is scaled down smoothly."""
        ratio = self.devicePixelRatioF()
        fitting = min(frame.width() * ratio / image.width(), frame.height() * ratio / image.height())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, fitting < 1)
        scale = (int(fitting) if fitting >= 1 else fitting) / ratio
        width, height = image.width() * scale, image.height() * scale
        left, top = frame.left() + (frame.width() - width) / 2, frame.top() + (frame.height() - height) / 2
        target = QRectF(round(left * ratio) / ratio, round(top * ratio) / ratio, width, height)
        painter.setOpacity(_FADED if self._faded else 1.0)
        painter.drawImage(target, image)
        painter.setOpacity(1.0)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Mid), 1.0))
        painter.drawRect(target.adjusted(-0.5, -0.5, 0.5, 0.5))

    def _paint_caption(self, painter: QPainter, frame: QRect) -> None:
        painter.setFont(small(self.font()))
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        area = self.rect().adjusted(0, frame.bottom() + 4, 0, 0)
        caption = CAPTION if painter.fontMetrics().horizontalAdvance(CAPTION) <= area.width() else _CAPTION_IN_TWO
        words = f"{caption}\n{self._shape}" if self._shape else caption
        painter.drawText(area, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, words)
