"""The characters of a text below the columns of a heat map."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF, QPainter

from gui.views.heatmap_layout import TICK, HeatmapLayout

_SMALLEST = 7
"""Pixels of height below which a letter cannot be read: then none is drawn, and the hover text names them."""


def draw_letters(painter: QPainter, letters: Sequence[str], layout: HeatmapLayout) -> None:
    """Every letter below its column, in the largest type up to the painter's own in which they do not touch."""
    font = _fitting(painter, layout.cell_width)
    if font is None:
        return
    painter.save()
    painter.setFont(font)
    top = layout.matrix.bottom() + TICK / 2
    # Not clipped: the underscore lies low.
    flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextDontClip
    for column in range(layout.columns):
        middle = layout.cell(0, column).center().x()
        area = QRectF(middle - 50, top, 100, layout.column_label_height)
        painter.drawText(area, flags, letters[column][:1])
    painter.restore()


def _fitting(painter: QPainter, width: float) -> QFont | None:
    largest = round(QFontMetricsF(painter.font(), painter.device()).height() * 0.85)
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    for size in range(largest, _SMALLEST - 1, -1):
        font.setPixelSize(size)
        if QFontMetricsF(font, painter.device()).horizontalAdvance("m") <= width + 0.5:
            return font
    return None
