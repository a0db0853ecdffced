"""What the tests of view widgets share."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget


def shown(qtbot, widget: QWidget, width: int = 420, height: int = 320) -> QWidget:
    """``widget`` on the (offscreen) screen in this size, closed after the test."""
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def picture_of(widget: QWidget) -> QImage:
    """What the widget looks like now."""
    return widget.grab().toImage()


def colours_in(image: QImage, step: int = 3) -> set[str]:
    """The colours of every ``step``-th pixel."""
    return {
        image.pixelColor(x, y).name() for x in range(0, image.width(), step) for y in range(0, image.height(), step)
    }


def colour_at(image: QImage, x: float, y: float) -> QColor:
    """The colour at a place in logical pixels."""
    ratio = image.devicePixelRatio()
    return image.pixelColor(QPoint(round(x * ratio), round(y * ratio)))
