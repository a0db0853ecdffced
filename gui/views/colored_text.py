"""Monospaced text in which each character has a background colour for its value."""

from __future__ import annotations

import math
from bisect import bisect_right

import numpy as np
from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPalette,
)
from PySide6.QtWidgets import QApplication, QWidget

from core.views import ColoredText
from gui.theme import contrast, mix
from gui.views.canvas import Canvas
from gui.views.colormaps import diverging
from gui.views.numbers import format_number
from gui.views.text_layout import wrapped

PAD = 10.0
_SHADES = 24
_VISIBLE = {"\n": "↵", "\t": "→", "\r": "↵"}


class ColoredTextWidget(Canvas):
    """Draws a :class:`~core.views.ColoredText`; only the lines in view are painted. Ctrl+C copies the text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._values = np.zeros(0)
        self._lines: list[tuple[int, int]] = []
        self._starts: list[int] = []
        self._character = QFontMetricsF(self._monospaced()).horizontalAdvance("M")
        self._line_height = 1.0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_view(self, view: ColoredText) -> None:
        """Draw ``view``; the scroll position stays.

        Raises:
            ValueError: when its values are not numbers.
        """
        self._values = np.asarray(view.values, dtype=np.float64).reshape(-1)
        self._text = view.text
        self.set_notice("" if self._text else "There is no text in this view.")
        self.refresh()

    def lay_out(self, width: int, height: int) -> int:
        """Wrap the text; return the height of all lines."""
        metrics = QFontMetricsF(self._monospaced())
        self._character, self._line_height = metrics.horizontalAdvance("M"), math.ceil(metrics.height() * 1.25)
        columns = max(1, int((width - 2 * PAD) / self._character))
        self._lines = wrapped(self._text, columns)
        self._starts = [first for first, _ in self._lines]
        return math.ceil(len(self._lines) * self._line_height + 2 * PAD)

    def draw(self, painter: QPainter, visible: QRect) -> None:
        """Paint the lines in view."""
        painter.setFont(self._monospaced())
        first = max(0, int((visible.top() - PAD) / self._line_height))
        last = int((visible.bottom() - PAD) / self._line_height) + 1
        shades = self._shades()
        for number, (start, end) in enumerate(self._lines[first:last], start=first):
            for index in range(start, end):
                self._draw_character(painter, index, self._cell(number, index - start), shades)

    def tip_at(self, point: QPoint) -> str:
        """Character and value under the mouse."""
        index = self.index_at(point)
        if index is None:
            return ""
        character = self._text[index]
        name = {"\n": "line break", "\t": "tab", " ": "space", "\r": "carriage return"}.get(character, character)
        return f"“{name}” at {index + 1:,}: {format_number(float(self._values[index]))}"

    def index_at(self, point: QPoint) -> int | None:
        """The position in the text of the character at ``point`` (content coordinates), if there is one."""
        line = math.floor((point.y() - PAD) / self._line_height)
        column = math.floor((point.x() - PAD) / self._character)
        if not 0 <= line < len(self._lines) or column < 0:
            return None
        start, end = self._lines[line]
        return start + column if start + column < end else None

    def cell_of(self, index: int) -> QRectF:
        """The rectangle (content coordinates) of the character at this position of the text."""
        line = bisect_right(self._starts, index) - 1
        return self._cell(line, index - self._starts[line])

    def line_of(self, index: int) -> tuple[int, int]:
        """The positions between which the line with this character lies: its first, and the one after its last."""
        return self._lines[bisect_right(self._starts, index) - 1]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies the whole text."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QApplication.clipboard().setText(self._text)
        else:
            super().keyPressEvent(event)

    def _cell(self, line: int, column: int) -> QRectF:
        left, top = PAD + column * self._character, PAD + line * self._line_height
        return QRectF(left, top, self._character, self._line_height)

    def _draw_character(
        self, painter: QPainter, index: int, cell: QRectF, shades: list[tuple[QColor | None, QColor]]
    ) -> None:
        value, character = float(self._values[index]), self._text[index]
        if math.isnan(value):
            ground, pen = None, self.palette().color(QPalette.ColorRole.Text)
            painter.fillRect(cell, QBrush(self.palette().color(QPalette.ColorRole.Mid), Qt.BrushStyle.BDiagPattern))
        else:
            ground, pen = shades[round((min(max(value, -1.0), 1.0) + 1.0) * _SHADES)]
        if ground is not None:
            painter.fillRect(cell.adjusted(0, 1, 0, -1), ground)
        if character in _VISIBLE:
            pen = self.palette().color(QPalette.ColorRole.PlaceholderText) if ground is None else pen
        if character != " ":
            painter.setPen(pen)
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, _VISIBLE.get(character, character))

    def _shades(self) -> list[tuple[QColor | None, QColor]]:
        """Background and text colour for −1 to 1 in even steps; around zero the widget's own ground."""
        palette = self.palette()
        base, text = palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.Text)
        blue, red = (QColor(*(int(channel) for channel in diverging()[end])) for end in (40, 215))
        shades: list[tuple[QColor | None, QColor]] = []
        for step in range(-_SHADES, _SHADES + 1):
            ground = mix(base, red if step > 0 else blue, abs(step) / _SHADES)
            pen = text if contrast(text, ground) >= contrast(base, ground) else base
            shades.append((ground if step else None, pen))
        return shades

    def _monospaced(self) -> QFont:
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(max(6.0, self.font().pointSizeF() * 1.05))
        return font
