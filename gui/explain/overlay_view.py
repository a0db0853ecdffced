"""The picture as the network saw it, with the map of an explanation over it and the map's scale below."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from core.explain.explanation import Explanation
from gui.explain.heat_colours import Look, colour_table, overlay, reach
from gui.views.canvas import small
from gui.views.image_grid import rgb_image
from gui.views.numbers import format_number
from gui.views.tips import plain_tip

_BAR = 8
_GAP = 6
_LARGEST = 420


class OverlayView(QWidget):
    """Draws picture and map, pixel by pixel or smoothly; the value under the mouse is in the hover text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("overlay_view")
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(150, 170)
        self.setAccessibleName("The picture, and where the network looked")
        self._seen: NDArray[np.uint8] | None = None
        self._picture: QImage | None = None
        self._explanation: Explanation | None = None
        self._heat: QImage | None = None
        self._look = Look()

    def show_picture(self, seen: NDArray[np.uint8]) -> None:
        """Show a C×H×W uint8 picture (C is 1 or 3); a map of another picture goes."""
        if self._seen is not None and np.array_equal(self._seen, seen):
            return
        pixels = seen.transpose(1, 2, 0)
        self._seen = seen
        self._picture = rgb_image(np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels)
        self.show_explanation(None)

    def show_explanation(self, explanation: Explanation | None) -> None:
        """Lay a map of the picture's size over it, or none."""
        self._explanation = explanation
        self.setAccessibleDescription(explanation.sentence if explanation else "")
        self._colour()

    def set_look(self, look: Look) -> None:
        """Draw it in this way."""
        self._look = look
        self._colour()

    def explanation(self) -> Explanation | None:
        """The map that is shown."""
        return self._explanation

    def sizeHint(self) -> QSize:
        """A square and its scale."""
        return QSize(260, 260 + _BAR + 2 * _GAP + self.fontMetrics().height())

    def hasHeightForWidth(self) -> bool:
        """The picture is to stay a square."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The square and the scale below it."""
        return min(width, _LARGEST) + _BAR + 2 * _GAP + self.fontMetrics().height()

    def picture_area(self) -> QRectF:
        """Where the picture is."""
        below = _BAR + 2 * _GAP + self.fontMetrics().height()
        room_width, room_height = max(1, self.width()), max(1, self.height() - below)
        if self._picture is None:
            side = min(room_width, room_height)
            return QRectF((self.width() - side) / 2, 0, side, side)
        ratio = self.devicePixelRatioF()
        scale = min(room_width / self._picture.width(), room_height / self._picture.height())
        if not self._look.smooth and scale * ratio >= 1:
            scale = int(scale * ratio) / ratio
        width, height = self._picture.width() * scale, self._picture.height() * scale
        return QRectF(round((self.width() - width) / 2), 0, width, height)

    def pixel_at(self, point: QPointF) -> tuple[int, int] | None:
        """Row and column of the picture's pixel at this place."""
        area = self.picture_area()
        if self._picture is None or not area.contains(point):
            return None
        row = int((point.y() - area.top()) / area.height() * self._picture.height())
        column = int((point.x() - area.left()) / area.width() * self._picture.width())
        return min(row, self._picture.height() - 1), min(column, self._picture.width() - 1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Name the pixel under the mouse and what the map says of it."""
        QToolTip.showText(event.globalPosition().toPoint(), plain_tip(self.tip_at(event.position())), self)

    def tip_at(self, point: QPointF) -> str:
        """Place, colour and value of the pixel at this place, or an empty text."""
        pixel = self.pixel_at(point)
        if pixel is None or self._seen is None:
            return ""
        colour = ", ".join(str(int(channel)) for channel in self._seen[:, pixel[0], pixel[1]])
        text = f"row {pixel[0]}, column {pixel[1]}: {'RGB' if len(self._seen) == 3 else 'grey'} {colour}"
        if self._explanation is None:
            return text
        return f"{text}\nmap: {format_number(float(self._explanation.heat[pixel]))}"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Picture, map, frame and scale."""
        painter = QPainter(self)
        area = self.picture_area()
        if self._picture is None:
            return
        scale = area.width() / self._picture.width() * self.devicePixelRatioF()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._look.smooth or scale < 1)
        painter.drawImage(area, self._picture)
        if self._heat is not None:
            painter.drawImage(area, self._heat)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Mid), 1.0))
        painter.drawRect(area.adjusted(-0.5, 0, 0, -0.5))
        if self._explanation is not None:
            self._paint_scale(painter, area, self._explanation)

    def _paint_scale(self, painter: QPainter, area: QRectF, explanation: Explanation) -> None:
        """The colours from end to end with their values."""
        end = reach(explanation.heat)
        if not end:
            return  # an empty map has no scale
        bar = QRectF(area.left(), area.bottom() + _GAP, area.width(), _BAR)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        painter.drawImage(bar, rgb_image(colour_table(self._look, signed=explanation.signed)[None]))
        words = ["against", "", "for"] if explanation.signed else ["", "", ""]
        values = [-end, 0.0, end] if explanation.signed else [0.0, end / 2, end]
        painter.setFont(small(self.font()))
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        metrics = QFontMetricsF(painter.font(), painter.device())
        line = QRectF(bar.left(), bar.bottom() + 2, bar.width(), metrics.height())
        sides = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight)
        for value, word, side in zip(values, words, sides, strict=True):
            number = format_number(value, 2)
            painter.drawText(line, side, f"{word} {number}".strip() if value <= 0 else f"{number} {word}".strip())

    def _colour(self) -> None:
        found = self._explanation
        self._heat = overlay(found.heat, self._look, signed=found.signed) if found else None
        self.update()
