"""Coloured text in which a phrase can be selected and passages are framed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPalette, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from core.views import ColoredText
from gui.views.colored_text import ColoredTextWidget

Span = tuple[int, int]
"""The characters from the first up to but not including the second."""


class PassageText(ColoredTextWidget):
    """Drag over a phrase to select it; a click elsewhere, or Escape, selects nothing."""

    selected = Signal(int, int)
    """The phrase from this character up to but not including that one; 0, 0: none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._selection: Span = (0, 0)
        self._frames: list[Span] = []
        self._stressed = -1
        self._from: int | None = None
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)

    def show_view(self, view: ColoredText) -> None:
        """Draw ``view``; what is selected stays while the text is the same."""
        if view.text != self._text:
            self._selection, self._frames, self._stressed, self._from = (0, 0), [], -1, None
        super().show_view(view)

    def selection(self) -> Span:
        """The selected phrase; (0, 0): none."""
        return self._selection

    def text(self) -> str:
        """The whole text."""
        return self._text

    def select(self, first: int, end: int) -> None:
        """Select a phrase, as a drag would."""
        chosen = (first, end) if 0 <= first < end <= len(self._text) else (0, 0)
        if chosen != self._selection:
            self._selection = chosen
            self.viewport().update()
            self.selected.emit(*chosen)

    def frame(self, spans: Sequence[Span], stressed: int = -1) -> None:
        """Frame these passages, the one with the index ``stressed`` more strongly."""
        self._frames, self._stressed = list(spans), stressed
        self.viewport().update()

    def frames(self) -> list[Span]:
        """The framed passages."""
        return list(self._frames)

    def reveal(self, index: int) -> None:
        """Scroll until the character at this position of the text is in view."""
        bar, cell = self.verticalScrollBar(), self.cell_of(index)
        if cell.top() < bar.value() or cell.bottom() > bar.value() + self.viewport().height():
            bar.setValue(round(cell.center().y() - self.viewport().height() / 2))

    def draw(self, painter: QPainter, visible: QRect) -> None:
        """Paint the text, the frames and the selection."""
        super().draw(painter, visible)
        accent = self.palette().color(QPalette.ColorRole.Accent)
        for index, span in enumerate(self._frames):
            self._outline(painter, visible, span, QPen(accent, 2.4 if index == self._stressed else 1.2))
        if self._selection != (0, 0):
            self._outline(painter, visible, self._selection, QPen(self.palette().color(QPalette.ColorRole.Text), 1.8))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a selection."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._from = self.index_at(self._content_point(event))
            if self._from is None:
                self.select(0, 0)
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Extend the selection while the button is held, else name what is under the mouse."""
        if self._from is None or not event.buttons() & Qt.MouseButton.LeftButton:
            super().mouseMoveEvent(event)
            return
        QToolTip.hideText()
        reached = self._nearest(self._content_point(event))
        if reached is not None and reached != self._from:
            first, last = sorted((self._from, reached))
            self._selection = (first, last + 1)
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell what was selected; a click without a drag selects nothing."""
        if event.button() == Qt.MouseButton.LeftButton and self._from is not None:
            reached = self._nearest(self._content_point(event))
            begun, self._from = self._from, None
            if reached is None or reached == begun:
                self.select(0, 0)
            else:
                self.selected.emit(*self._selection)
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape selects nothing."""
        if event.key() == Qt.Key.Key_Escape and self._selection != (0, 0):
            self.select(0, 0)
        else:
            super().keyPressEvent(event)

    def _content_point(self, event: QMouseEvent) -> QPoint:
        return event.position().toPoint() + QPoint(0, self.verticalScrollBar().value())

    def _nearest(self, point: QPoint) -> int | None:
        """The character at ``point``, or the last of the line that it is beside."""
        found = self.index_at(point)
        if found is not None or not self._lines:
            return found
        line = min(max(int(point.y() / self._line_height), 0), len(self._lines) - 1)
        start, end = self._lines[line]
        return start if point.x() < self.cell_of(start).left() else end - 1

    def _outline(self, painter: QPainter, visible: QRect, span: Span, pen: QPen) -> None:
        """One frame a line, for the part of ``span`` on it."""
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        first = span[0]
        while first < span[1]:
            cell = self.cell_of(first)
            if cell.top() > visible.bottom():
                return
            line_end = self.line_of(first)[1]
            last = self.cell_of(min(line_end, span[1]) - 1)
            if cell.bottom() >= visible.top():
                painter.drawRoundedRect(QRectF(cell.topLeft(), last.bottomRight()).adjusted(0, 0.5, 0, -0.5), 3, 3)
            first = line_end
