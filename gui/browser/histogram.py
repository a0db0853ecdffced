"""How often each brightness occurs, a curve a channel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import is_dark

_BINS = 64
_HEIGHT = 64
_ON_LIGHT = ("#c62828", "#2e7d32", "#1565c0")
_ON_DARK = ("#ff8a80", "#81c784", "#82b1ff")


def channel_colours(channels: int, palette: QPalette) -> list[QColor]:
    """Red, green and blue of three channels, readable on the window's ground; otherwise the accent."""
    if channels != 3:
        return [palette.color(QPalette.ColorRole.Accent)] * channels
    return [QColor(colour) for colour in (_ON_DARK if is_dark(palette) else _ON_LIGHT)]


class Histogram(QWidget):
    """Dark on the left, bright on the right. Heights are square roots, so that what is rare is seen beside black."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("How often each brightness occurs")
        self.setToolTip("How often each brightness occurs: 0 (dark) on the left, 255 on the right, as a square root")
        self._heights: NDArray[np.float64] = np.zeros((0, _BINS))

    def show_shares(self, shares: NDArray[np.float64]) -> None:
        """``shares``: C×256, of each level."""
        heights = np.sqrt(shares.reshape(len(shares), _BINS, -1).sum(2))
        self._heights = heights / max(float(heights.max(initial=0.0)), 1e-12)
        self.update()

    def clear(self) -> None:
        """Nothing is known."""
        self._heights = np.zeros((0, _BINS))
        self.update()

    def sizeHint(self) -> QSize:
        """Low and wide."""
        return QSize(160, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A line a channel, with a hint of its colour below."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 2, -1, -1)
        for heights, colour in zip(self._heights, channel_colours(len(self._heights), self.palette()), strict=True):
            across = np.linspace(area.left(), area.right(), len(heights))
            line = [QPointF(x, area.bottom() - y * area.height()) for x, y in zip(across, heights, strict=True)]
            below = QColor(colour)
            below.setAlphaF(0.1)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(below)
            painter.drawPolygon(QPolygonF([area.bottomLeft(), *line, area.bottomRight()]))
            painter.setPen(QPen(colour, 1.3))
            painter.drawPolyline(QPolygonF(line))
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Mid), 1.0))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
