"""How the answer to a typed text came about: a row for each of a few classes, a small bar for each letter."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QToolTip, QWidget

from core.characters import name_of
from core.typed_answer import TypedAnswer
from gui.theme import mix
from gui.views.canvas import small
from gui.views.numbers import with_unit
from gui.views.tips import plain_tip

MOST_ROWS = 6
CAPTION = "After each letter"
_ROW_HEIGHTS = (14.0, 30.0)
_CELL_WIDTHS = (2.0, 34.0)
_WIDEST_LABEL = 0.36
_GAP = 6.0
_UNKNOWN = "·"


class LetterBars(QWidget):
    """The classes that are likely in the end, or were on the way; at each letter the likeliest bar is in colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("letter_bars")
        self.setAccessibleName("Probabilities after each letter")
        self._answer: TypedAnswer | None = None
        self._ranked: list[int] = []
        self._leaders: list[int] = []

    def show_answer(self, answer: TypedAnswer | None) -> None:
        """Draw ``answer``; None: nothing."""
        self._answer = answer
        self._ranked = ranked_classes(answer) if answer else []
        self._leaders = [int(index) for index in answer.shares.argmax(axis=1)] if answer else []
        self.setAccessibleDescription(told(answer) if answer else "")
        self.update()

    def rows(self) -> list[str]:
        """The names of the classes that have a row, the likeliest of the whole text first."""
        return [self._answer.classes[index] for index in self._shown()] if self._answer else []

    def sizeHint(self) -> QSize:
        """Room for all rows."""
        return QSize(240, round(self._head() + MOST_ROWS * 20))

    def minimumSizeHint(self) -> QSize:
        """Three rows."""
        return QSize(100, round(self._head() + 3 * _ROW_HEIGHTS[0]))

    def event(self, event: QEvent) -> bool:
        """The exact number of a bar, as a tooltip."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), plain_tip(self.tip_at(QPointF(event.pos()))), self)
            return True
        return super().event(event)

    def tip_at(self, point: QPointF) -> str:
        """What the bar at ``point`` says."""
        answer, shown = self._answer, self._shown()
        if answer is None or not shown:
            return ""
        row = int((point.y() - self._head()) // self._row_height())
        column = int((point.x() - self._left()) // self._cell_width())
        if not (0 <= row < len(shown) and 0 <= column < len(answer.read)):
            return "How probable each class is once so many letters are read.\nIn colour: the likeliest after a letter."
        share = with_unit(100.0 * float(answer.shares[column, shown[row]]), "%")
        return f"after “{''.join(answer.read[: column + 1])}”\n{answer.classes[shown[row]]}: {share}"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Letters, then the rows."""
        answer = self._answer
        if answer is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small(self.font()))
        self._draw_letters(painter, answer)
        for row, index in enumerate(self._shown()):
            self._draw_row(painter, answer, row, index)

    def _draw_letters(self, painter: QPainter, answer: TypedAnswer) -> None:
        palette, left, width, head = self.palette(), self._left(), self._cell_width(), self._head()
        metrics = QFontMetricsF(painter.font())
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        area = QRectF(0, 0, left - _GAP, head)
        caption = metrics.elidedText(CAPTION, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, caption)
        if width < metrics.averageCharWidth():
            return
        ink = palette.color(QPalette.ColorRole.WindowText)
        for column, letter in enumerate(answer.read):
            strange = answer.unknown[column]
            painter.setPen(mix(ink, palette.color(QPalette.ColorRole.Window), 0.5) if strange else ink)
            cell = QRectF(left + column * width, 0, width, head)
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, _UNKNOWN if strange else letter)

    def _draw_row(self, painter: QPainter, answer: TypedAnswer, row: int, index: int) -> None:
        palette, height, width, left = self.palette(), self._row_height(), self._cell_width(), self._left()
        top, metrics = self._head() + row * height, QFontMetricsF(painter.font())
        painter.setPen(palette.color(QPalette.ColorRole.WindowText if row == 0 else QPalette.ColorRole.PlaceholderText))
        label = metrics.elidedText(answer.classes[index], Qt.TextElideMode.ElideRight, left - _GAP)
        painter.drawText(QRectF(0, top, left - _GAP, height), Qt.AlignmentFlag.AlignVCenter, label)
        window, text = palette.color(QPalette.ColorRole.Window), palette.color(QPalette.ColorRole.WindowText)
        painter.setPen(Qt.PenStyle.NoPen)
        gap = 1.0 if width > 5 else 0.0
        for column, share in enumerate(answer.shares[:, index].tolist()):
            cell = QRectF(left + column * width, top + 1, width - gap, height - 3)
            painter.fillRect(cell, mix(window, text, 0.07))
            leads = self._leaders[column] == index
            cell.setTop(cell.bottom() - cell.height() * share)
            painter.fillRect(cell, palette.color(QPalette.ColorRole.Accent) if leads else mix(window, text, 0.4))

    def _shown(self) -> list[int]:
        fitting = int((self.height() - self._head()) // _ROW_HEIGHTS[0])
        return self._ranked[: max(1, fitting)]

    def _head(self) -> float:
        return QFontMetricsF(small(self.font())).height() + 3

    def _row_height(self) -> float:
        room = (self.height() - self._head()) / max(1, len(self._shown()))
        return min(max(room, _ROW_HEIGHTS[0]), _ROW_HEIGHTS[1])

    def _left(self) -> float:
        """The width of the names depends on all classes alike, since they change places with every letter."""
        metrics = QFontMetricsF(small(self.font()))
        names = self._answer.classes if self._answer else ()
        widest = max((metrics.horizontalAdvance(name) for name in (*names, CAPTION)), default=0.0)
        return min(widest + 2, self.width() * _WIDEST_LABEL) + _GAP

    def _cell_width(self) -> float:
        count = len(self._answer.read) if self._answer else 1
        return min(max((self.width() - self._left()) / count, _CELL_WIDTHS[0]), _CELL_WIDTHS[1])


def ranked_classes(answer: TypedAnswer) -> list[int]:
    """The classes worth a row: the likeliest of the whole text, and those that led on the way, in the end's order."""
    leading = dict.fromkeys(int(index) for index in answer.shares.argmax(axis=1)[::-1])
    peaks = np.argsort(-answer.shares.max(axis=0), kind="stable")
    chosen = list(dict.fromkeys([*answer.order()[:3], *leading, *(int(index) for index in peaks)]))[:MOST_ROWS]
    return [index for index in answer.order() if index in chosen]


def told(answer: TypedAnswer) -> str:
    """The same in words: which class led after which letters."""
    parts = []
    before = -1
    for column, index in enumerate(answer.shares.argmax(axis=1).tolist()):
        if index != before:
            letter = name_of(answer.read[column]) if len(answer.read[column]) == 1 else answer.read[column]
            parts.append(f"{answer.classes[index]} from {letter} on")
            before = index
    return ", ".join(parts)
