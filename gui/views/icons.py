"""The few small icons of the view panel, painted in the colours of a palette."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPen, QPixmap

_SIZE = 16
_RATIO = 3


def split_icon(palette: QPalette) -> QIcon:
    """Two frames side by side."""
    pixmap, painter = _canvas(palette)
    painter.drawRoundedRect(QRectF(1.5, 3, 13, 10), 2, 2)
    painter.drawLine(QPointF(8, 3), QPointF(8, 13))
    painter.end()
    return QIcon(pixmap)


def more_icon(palette: QPalette) -> QIcon:
    """Three dots: more commands."""
    pixmap, painter = _canvas(palette)
    painter.setBrush(painter.pen().color())
    painter.setPen(Qt.PenStyle.NoPen)
    for x in (3.0, 8.0, 13.0):
        painter.drawEllipse(QPointF(x, 8), 1.4, 1.4)
    painter.end()
    return QIcon(pixmap)


def settings_icon(palette: QPalette) -> QIcon:
    """Two sliders: what can be chosen of a view."""
    pixmap, painter = _canvas(palette)
    ground = QColor(palette.color(QPalette.ColorRole.Window))
    for y, x in ((5.0, 10.5), (11.0, 5.5)):
        painter.drawLine(QPointF(2, y), QPointF(14, y))
        painter.setBrush(ground)
        painter.drawEllipse(QPointF(x, y), 2.1, 2.1)
    painter.end()
    return QIcon(pixmap)


def _canvas(palette: QPalette) -> tuple[QPixmap, QPainter]:
    pixmap = QPixmap(_SIZE * _RATIO, _SIZE * _RATIO)
    pixmap.setDevicePixelRatio(_RATIO)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(palette.color(QPalette.ColorRole.PlaceholderText), 1.4))
    return pixmap, painter
