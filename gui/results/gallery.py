"""Pictures with what the model took them for; thousands are possible, only those in view are read and drawn."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPalette,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from core.judgement import Guess, Judgement
from gui.results.gallery_layout import MARGIN, GalleryLayout, lay_out_gallery
from gui.results.guess_bars import draw_guesses
from gui.results.picture_store import PictureStore, draw_fitted
from gui.results.words import percent, quoted
from gui.views.canvas import Canvas, small
from gui.views.numbers import format_number

TOP = 3
"""Guesses of a picture that are shown."""
_AHEAD = 2
"""Rows of cards above and below the visible ones whose pictures are read, too."""
NOBODY = -1


class Gallery(Canvas):
    """A grid of cards; arrow keys and clicks select, a double click or Enter tries the picture."""

    wanted = Signal(list)
    """Samples whose pictures are about to be drawn and are not here."""
    selected = Signal(int)
    """The sample that is selected now; -1: none."""
    touched = Signal()
    """A person selected a picture or scrolled: what is shown should stay."""
    left = Signal()
    """The mouse has left."""
    try_asked = Signal(int)
    explain_asked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("mistakes_gallery")
        self.setAccessibleName("Gallery of pictures and answers")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(140, 100)
        self.pictures = PictureStore()
        self._judgement: Judgement | None = None
        self._rows: NDArray[np.int64] = np.zeros(0, np.int64)
        self._guesses: dict[int, tuple[Guess, ...]] = {}
        self._layout: GalleryLayout | None = None
        self._place = NOBODY
        self._hovered = NOBODY
        self._by_person = False
        self._due: list[int] = []
        self._asked: set[int] = set()
        self._ask_timer = QTimer(self, singleShot=True, interval=0)
        self._ask_timer.timeout.connect(self._ask)
        self.verticalScrollBar().actionTriggered.connect(self.touched)

    def show_samples(self, judgement: Judgement, rows: NDArray[np.int64], nothing: str) -> None:
        """Show these samples; one that a person selected stays selected if it is among them, else the first is.

        ``nothing``: the sentence where there are none.
        """
        before = self.selection()
        self._judgement, self._rows = judgement, rows
        self._guesses.clear()
        found = np.flatnonzero((rows == before) & self._by_person)
        self._by_person = bool(len(found))
        self._place = int(found[0]) if len(found) else (0 if len(rows) else NOBODY)
        self._hovered = NOBODY
        self.set_notice("" if len(rows) else nothing)
        self.refresh()
        self.selected.emit(self.selection())

    def clear(self, sentence: str = "") -> None:
        """Forget the samples and their pictures."""
        self.pictures.clear()
        self._asked.clear()
        self._judgement, self._rows, self._place = None, np.zeros(0, np.int64), NOBODY
        self.set_notice(sentence)
        self.refresh()
        self.selected.emit(NOBODY)

    def let_go(self) -> None:
        """What a person selected need not stay selected; the first pictures come into view."""
        self._by_person = False
        self.verticalScrollBar().setValue(0)

    def take(self, rows: Sequence[int], pictures: NDArray[np.uint8]) -> None:
        """Pictures that were wanted have come, N×C×H×W."""
        self._asked.difference_update(rows)
        self.pictures.put(rows, pictures)
        self.viewport().update()

    def selection(self) -> int:
        """The sample that is selected; -1: none."""
        return int(self._rows[self._place]) if 0 <= self._place < len(self._rows) else NOBODY

    def samples(self) -> list[int]:
        """The samples that are shown, in order."""
        return [int(row) for row in self._rows]

    def looked_at(self) -> bool:
        """Whether the mouse is over the pictures."""
        return self.viewport().underMouse()

    def gallery_layout(self) -> GalleryLayout | None:
        """Where the cards are, once there is something to draw."""
        return self._layout

    def lay_out(self, width: int, height: int) -> int:
        """Arrange the cards; return their height."""
        line = QFontMetricsF(small(self.font())).height()
        self._layout = lay_out_gallery(len(self._rows), width, line, TOP)
        return self._layout.height

    def draw(self, painter: QPainter, visible: QRect) -> None:
        """Paint the cards in view, and have their pictures read."""
        layout = self._layout
        if layout is None or self._judgement is None:
            return
        painter.setFont(small(self.font()))
        first, last = layout.rows_between(visible.top(), visible.bottom() + 1)
        for place in range(first * layout.columns, min(last * layout.columns, len(self._rows))):
            self._draw_card(painter, layout, place)
        ahead = range(max(0, first - _AHEAD) * layout.columns, (last + _AHEAD) * layout.columns)
        near = [int(row) for row in self._rows[ahead.start : ahead.stop]]
        self._due = [row for row in self.pictures.missing(near) if row not in self._asked]
        if self._due:
            self._ask_timer.start()

    def tip_at(self, point: QPoint) -> str:
        """Names that may be cut off on the card."""
        place = self._place_at(point)
        if place == NOBODY or self._judgement is None:
            return ""
        row = int(self._rows[place])
        names = self._judgement.classes
        lines = [f"{names[guess.label]}: {percent(guess.probability)}" for guess in self._guesses_of(row)]
        loss = format_number(float(self._judgement.losses[row]), 3)
        return "\n".join([f"Truly {quoted(names[self._judgement.targets[row]])}, loss {loss}", *lines])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up the card under the mouse."""
        super().mouseMoveEvent(event)
        self._hover(self._place_at(self._content(event)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the card."""
        place = self._place_at(self._content(event))
        if place != NOBODY:
            self._choose(place)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Try the picture."""
        if event.button() == Qt.MouseButton.LeftButton and self._place_at(self._content(event)) != NOBODY:
            self.try_asked.emit(self.selection())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolling is looking."""
        super().wheelEvent(event)
        if self.verticalScrollBar().maximum():
            self.touched.emit()

    def leaveEvent(self, event: QEvent) -> None:
        """No card is under the mouse any more."""
        super().leaveEvent(event)
        self._hover(NOBODY)
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home and End select; Enter tries."""
        layout, key = self._layout, Qt.Key(event.key())
        if layout is None or not len(self._rows):
            super().keyPressEvent(event)
            return
        page = max(1, self.viewport().height() // layout.pitch) * layout.columns
        moves: dict[Qt.Key, Callable[[int], int]] = {
            Qt.Key.Key_Left: lambda place: place - 1,
            Qt.Key.Key_Right: lambda place: place + 1,
            Qt.Key.Key_Up: lambda place: place - layout.columns if place >= layout.columns else place,
            Qt.Key.Key_Down: lambda place: place + layout.columns,
            Qt.Key.Key_PageUp: lambda place: place - page,
            Qt.Key.Key_PageDown: lambda place: place + page,
            Qt.Key.Key_Home: lambda _place: 0,
            Qt.Key.Key_End: lambda _place: len(self._rows) - 1,
        }
        if key in moves:
            self._choose(min(max(moves[key](self._place), 0), len(self._rows) - 1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selection() != NOBODY:
            self.try_asked.emit(self.selection())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with a picture."""
        row = self.selection()
        if row == NOBODY:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Try it\tEnter", lambda: self.try_asked.emit(row))
        menu.addAction("Explain", lambda: self.explain_asked.emit(row))
        menu.popup(event.globalPos())

    def _choose(self, place: int) -> None:
        self._place, self._by_person = place, True
        if self._layout:
            self._scroll_to(self._layout.card(place))
        self.viewport().update()
        self.touched.emit()
        self.selected.emit(self.selection())

    def _scroll_to(self, card: QRectF) -> None:
        bar, room = self.verticalScrollBar(), self.viewport().height()
        if card.top() < bar.value():
            bar.setValue(int(card.top()) - MARGIN)
        elif card.bottom() > bar.value() + room:
            bar.setValue(math.ceil(card.bottom()) - room + MARGIN)

    def _ask(self) -> None:
        rows, self._due = self._due, []
        self._asked.update(rows)
        if rows:
            self.wanted.emit(rows)

    def _hover(self, place: int) -> None:
        if place != self._hovered:
            self._hovered = place
            self.viewport().update()

    def _content(self, event: QMouseEvent) -> QPoint:
        return event.position().toPoint() + QPoint(0, self.verticalScrollBar().value())

    def _place_at(self, point: QPoint) -> int:
        place = self._layout.place_at(point.x(), point.y()) if self._layout and not self.notice() else NOBODY
        return place if place < len(self._rows) else NOBODY

    def _guesses_of(self, row: int) -> tuple[Guess, ...]:
        assert self._judgement is not None  # only asked while samples are shown
        if row not in self._guesses:
            self._guesses[row] = self._judgement.guesses(row, TOP)
        return self._guesses[row]

    def _draw_card(self, painter: QPainter, layout: GalleryLayout, place: int) -> None:
        judgement, row = self._judgement, int(self._rows[place])
        assert judgement is not None
        card, palette = layout.card(place), self.palette()
        self._draw_frame(painter, card, place)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        image = self.pictures.get(row)
        if image is None:
            painter.fillRect(layout.picture(place), palette.color(QPalette.ColorRole.AlternateBase))
        else:
            draw_fitted(painter, layout.picture(place), image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_caption(painter, layout.caption(place), row)
        true = int(judgement.targets[row])
        draw_guesses(painter, layout.bars(place), palette, self._guesses_of(row), judgement.classes, true)

    def _draw_frame(self, painter: QPainter, card: QRectF, place: int) -> None:
        palette = self.palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = place == self._place
        line = palette.color(QPalette.ColorRole.Accent if chosen else QPalette.ColorRole.Mid)
        painter.setPen(QPen(line, 2.0 if chosen else 1.0))
        role = QPalette.ColorRole.Button if place == self._hovered or chosen else QPalette.ColorRole.Base
        painter.setBrush(palette.color(role))
        painter.drawRoundedRect(card.adjusted(1, 1, -1, -1), 6, 6)

    def _draw_caption(self, painter: QPainter, area: QRectF, row: int) -> None:
        judgement, palette = self._judgement, self.palette()
        assert judgement is not None
        loss = format_number(float(judgement.losses[row]), 2)
        metrics = painter.fontMetrics()
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, loss)
        room = int(area.width()) - metrics.horizontalAdvance(loss) - 6
        font = QFont(painter.font())
        font.setBold(True)
        painter.setFont(font)
        name = " ".join(judgement.classes[judgement.targets[row]][:80].split())
        text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, room)
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        font.setBold(False)
        painter.setFont(font)
