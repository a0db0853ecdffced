"""How the points of each group look: ten colours, and four shapes where there are more groups than colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPalette, QPen, QPixmap

from gui.theme import is_dark, mix

# Each has a contrast of at least 3:1 with the ground of its theme; neighbours differ in lightness, too, for people who
# confuse red with green.
ON_LIGHT = (
    *("#0a6fb8", "#c25400", "#6f4bd8", "#00806a", "#c2187c", "#8a6a00", "#3f6fff", "#6a7a1f", "#a8322d", "#5c6660"),
)
ON_DARK = (
    *("#5db2f2", "#ff9a4d", "#c78fff", "#3fd3ae", "#ff7cc0", "#e3c04a", "#7f9bff", "#b5cf52", "#ff8579", "#b9c4be"),
)
Shape: TypeAlias = Literal["disc", "square", "ring", "frame"]
SHAPES: tuple[Shape, ...] = ("disc", "square", "ring", "frame")
SIDE = 8.0
"""Px across a point."""
_AROUND = 2.6
"""Px of the ring around a wrong answer."""
_DIM = 0.78
_UNKNOWN = -1


@dataclass(frozen=True)
class Sprite:
    """A point ready to be put into a picture: ``down`` and ``across`` of its pixels from its middle, and their RGB32.

    The pixels at its edge are mixed with the ground, so that of two points of one colour each is seen.
    """

    down: NDArray[np.int64]
    across: NDArray[np.int64]
    pixels: NDArray[np.uint32]


def reach_of(ratio: float) -> int:
    """Device pixels from the middle of a point to where its ring certainly ends."""
    return int(np.ceil((SIDE / 2 + _AROUND + 1) * ratio))


def colour_of(group: int, palette: QPalette) -> QColor:
    """Of a group; grey for what is in none."""
    if group == _UNKNOWN:
        return palette.color(QPalette.ColorRole.PlaceholderText)
    colours = ON_DARK if is_dark(palette) else ON_LIGHT
    return QColor(colours[group % len(colours)])


def shape_of(group: int) -> Shape:
    """Discs for the first round of colours, then squares, rings, frames."""
    return SHAPES[max(0, group) // len(ON_LIGHT) % len(SHAPES)]


def sprite(group: int, palette: QPalette, ratio: float, *, wrong: bool, dim: bool) -> Sprite:
    """A point of that group on the base of ``palette``; ``ratio``: device pixels a px."""
    ground = palette.color(QPalette.ColorRole.Base)
    reach = reach_of(ratio)
    image = QImage(2 * reach + 1, 2 * reach + 1, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(reach + 0.5, reach + 0.5)
    painter.scale(ratio, ratio)
    _draw(painter, group, palette, wrong=wrong)
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    inside = pixels[:, :, 3] > 0
    share = pixels[:, :, 3][inside].astype(np.float64)[:, None] / 255
    behind = np.array([ground.blue(), ground.green(), ground.red()], np.float64)
    mixed = pixels[:, :, :3][inside] + behind * (1 - share)
    if dim:
        mixed += (behind - mixed) * _DIM
    blue, green, red = mixed.round().clip(0, 255).astype(np.uint32).T
    down, across = np.nonzero(inside)
    return Sprite(down - reach, across - reach, 0xFF000000 | red << 16 | green << 8 | blue)


def icon_of(group: int, palette: QPalette) -> QIcon:
    """For the list of the groups."""
    side = 16
    pixmap = QPixmap(2 * side, 2 * side)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(side / 2, side / 2)
    painter.scale(1.4, 1.4)
    _draw(painter, group, palette, wrong=False)
    painter.end()
    return QIcon(pixmap)


def _draw(painter: QPainter, group: int, palette: QPalette, *, wrong: bool) -> None:
    colour, shape = colour_of(group, palette), shape_of(group)
    if wrong:
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Text), 1.4))
        painter.setBrush(palette.color(QPalette.ColorRole.Base))
        painter.drawEllipse(QPointF(0, 0), SIDE / 2 + _AROUND - 0.7, SIDE / 2 + _AROUND - 0.7)
    hollow, square = shape in ("ring", "frame"), shape in ("square", "frame")
    line = 1.8 if hollow else 0.0
    half = (SIDE * (0.86 if square else 1.0) - line) / 2
    painter.setPen(QPen(colour, line) if hollow else QPen(Qt.PenStyle.NoPen))
    painter.setBrush(mix(palette.color(QPalette.ColorRole.Base), colour, 0.15) if hollow else colour)
    box = QRectF(-half, -half, 2 * half, 2 * half)
    if square:
        painter.drawRect(box)
    else:
        painter.drawEllipse(box)
