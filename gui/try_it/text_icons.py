"""The small icons of the text panel, painted in the colours of a palette."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPalette, QPen, QPixmap

_SIZE = 16
_RATIO = 3


def copy_icon(palette: QPalette) -> QIcon:
    """Two sheets, one before the other."""
    pixmap, painter = _canvas(palette)
    painter.drawRoundedRect(QRectF(5.5, 5.5, 8, 9), 1.5, 1.5)
    painter.drawPolyline([QPointF(3, 11), QPointF(2.5, 11), QPointF(2.5, 2), QPointF(10.5, 2), QPointF(10.5, 3)])
    painter.end()
    return QIcon(pixmap)


def save_icon(palette: QPalette) -> QIcon:
    """An arrow into a tray."""
    pixmap, painter = _canvas(palette)
    painter.drawLine(QPointF(8, 2), QPointF(8, 10))
    painter.drawPolyline([QPointF(4.8, 7), QPointF(8, 10.2), QPointF(11.2, 7)])
    painter.drawPolyline([QPointF(2.5, 10.5), QPointF(2.5, 13.5), QPointF(13.5, 13.5), QPointF(13.5, 10.5)])
    painter.end()
    return QIcon(pixmap)


def dice_icon(palette: QPalette) -> QIcon:
    """A die that shows five."""
    pixmap, painter = _canvas(palette)
    painter.drawRoundedRect(QRectF(2, 2, 12, 12), 2.5, 2.5)
    painter.setBrush(painter.pen().color())
    painter.setPen(Qt.PenStyle.NoPen)
    for x, y in ((5, 5), (11, 5), (8, 8), (5, 11), (11, 11)):
        painter.drawEllipse(QPointF(x, y), 1.2, 1.2)
    painter.end()
    return QIcon(pixmap)


def columns_icon(palette: QPalette) -> QIcon:
    """Three columns."""
    pixmap, painter = _canvas(palette)
    painter.drawRoundedRect(QRectF(1.5, 3, 13, 10), 2, 2)
    for x in (5.8, 10.2):
        painter.drawLine(QPointF(x, 3), QPointF(x, 13))
    painter.end()
    return QIcon(pixmap)


def _canvas(palette: QPalette) -> tuple[QPixmap, QPainter]:
    pixmap = QPixmap(_SIZE * _RATIO, _SIZE * _RATIO)
    pixmap.setDevicePixelRatio(_RATIO)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(palette.color(QPalette.ColorRole.ButtonText), 1.4))
    return pixmap, painter
