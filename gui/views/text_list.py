"""Texts below each other, each with a heading: samples of what a model writes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import QFontDatabase, QPalette, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QLabel, QStackedLayout, QTextEdit, QWidget

from core.views import TextList
from gui.views.canvas import small

MOST_CHARACTERS = 200_000
"""Of all texts together; what is beyond is left out, and said to be."""
_GAP = 14.0


class TextListWidget(QWidget):
    """Draws a :class:`~core.views.TextList`; the texts can be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page = QTextEdit(readOnly=True)
        self.page.setFrameShape(QFrame.Shape.NoFrame)
        self.page.setStyleSheet("QTextEdit { border: none; padding: 0; }")
        self.page.document().setDocumentMargin(10)
        self._entries: list[tuple[str, str]] = []
        self._empty = QLabel("There are no texts in this view yet.")
        self._empty.setAlignment(self._empty.alignment().AlignCenter)
        self._empty.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._empty.setBackgroundRole(QPalette.ColorRole.Base)
        self._empty.setAutoFillBackground(True)
        self._layout = QStackedLayout(self)
        self._layout.addWidget(self.page)
        self._layout.addWidget(self._empty)

    def show_view(self, view: TextList) -> None:
        """Show ``view``; one with the same texts leaves the page as it is, with what is selected on it.

        Raises:
            ValueError, TypeError: when an entry is not a pair.
        """
        entries = _shortened([(str(heading), str(text)) for heading, text in view.entries])
        if entries != self._entries:
            self._entries = entries
            self._write()
        self._layout.setCurrentWidget(self.page if entries else self._empty)

    def notice(self) -> str:
        """The sentence shown instead of texts, if there are none."""
        return "" if self._entries else self._empty.text()

    def changeEvent(self, event: QEvent) -> None:
        """Write anew in other colours or another font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and hasattr(self, "_layout"):
            self._write()

    def _write(self) -> None:
        bar = self.page.verticalScrollBar()
        read_on, below = bar.value() > 0, bar.maximum() - bar.value()
        self.page.clear()
        cursor = QTextCursor(self.page.document())
        heading, body = self._formats()
        for number, (title, text) in enumerate(self._entries):
            block = QTextBlockFormat()
            block.setTopMargin(_GAP if number else 0.0)
            block.setBottomMargin(2.0)
            cursor.setBlockFormat(block)
            cursor.insertText(title, heading)
            cursor.insertBlock(QTextBlockFormat())
            cursor.insertText(text, body)
            if number + 1 < len(self._entries):
                cursor.insertBlock(QTextBlockFormat())
        self.page.moveCursor(QTextCursor.MoveOperation.Start)  # which the insertions have moved to the end
        # New texts come in on top: who has scrolled down goes on reading where they were.
        bar.setValue(bar.maximum() - below if read_on else 0)

    def _formats(self) -> tuple[QTextCharFormat, QTextCharFormat]:
        heading, body = QTextCharFormat(), QTextCharFormat()
        font = small(self.font())
        font.setBold(True)
        heading.setFont(font)
        heading.setForeground(self.palette().color(QPalette.ColorRole.Accent))
        mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        mono.setPointSizeF(max(6.0, self.font().pointSizeF()))
        body.setFont(mono)
        body.setForeground(self.palette().color(QPalette.ColorRole.Text))
        return heading, body


def _shortened(entries: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    kept: list[tuple[str, str]] = []
    room = MOST_CHARACTERS
    for heading, text in entries:
        if room <= 0:
            kept.append(("…", f"{len(entries) - len(kept):,} more texts are left out."))
            break
        kept.append((heading[:200], text[:room]))
        room -= len(text)
    return kept
