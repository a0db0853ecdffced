"""A text that grows while one looks at it: cheap to append to, however long it becomes."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QEvent
from PySide6.QtGui import QFontDatabase, QPalette, QResizeEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from core.characters import harmless

MOST_SHOWN = 40_000
"""Characters; of a longer text the beginning is no longer shown, but kept."""
LONGEST_LINE = 1000
"""A line without an end is broken after so many characters: the time to lay out a line grows with its length."""
CUT_BELOW = "⋯ the beginning is no longer shown; Copy and Save have all of it ⋯\n"


class StreamView(QPlainTextEdit):
    """Shows the seed, muted, and after it what is written; scrolls along unless somebody scrolled away from the end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._seed = ""
        self._parts: list[str] = []
        self._length = self._line = 0
        self._muted_until = 0

    def begin(self, seed: str) -> None:
        """Start anew after ``seed``."""
        self.clear()
        self._seed, self._parts, self._length, self._line = seed, [], 0, 0
        self._insert(seed, self._muted())
        self._muted_until = self.document().characterCount() - 1

    def append_text(self, text: str) -> None:
        """Go on; call it some thirty times a second, not for each character."""
        if text:
            self._parts.append(text)
            self._length += len(text)
            self._insert(text, QTextCharFormat())

    def seed(self) -> str:
        """What the text began with."""
        return self._seed

    def written(self) -> str:
        """All that was written after the seed."""
        text = "".join(self._parts)
        self._parts = [text]
        return text

    def length(self) -> int:
        """How many characters were written after the seed."""
        return self._length

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Who looks at the end goes on looking at the end."""
        bar = self.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 1
        super().resizeEvent(event)
        if at_end:
            bar.setValue(bar.maximum())

    def changeEvent(self, event: QEvent) -> None:
        """Mute the seed in the colours of another palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_muted_until"):
            self._mute_again()

    def _insert(self, text: str, style: QTextCharFormat) -> None:
        bar = self.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 1
        # A cursor of its own: what somebody has selected stays selected.
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        shown = harmless(text)
        if len(shown) > MOST_SHOWN:
            shown = shown[-MOST_SHOWN:]
        cursor.insertText("".join(self._broken(shown)), style)
        self._forget_beginning()
        if at_end:
            bar.setValue(bar.maximum())

    def _broken(self, text: str) -> Iterator[str]:
        """``text`` with an end for lines that have none, after a space where there is one."""
        for line in text.splitlines(keepends=True):
            while self._line + len(line) > LONGEST_LINE:
                room = max(1, LONGEST_LINE - self._line)
                cut = line.rfind(" ", 0, room) + 1 or room
                yield line[:cut] + "\n"
                line, self._line = line[cut:], 0
            yield line
            self._line = 0 if line.endswith("\n") else self._line + len(line)

    def _forget_beginning(self) -> None:
        """A quarter at once, so that it is not done at every turn."""
        document = self.document()
        if document.characterCount() <= MOST_SHOWN * 1.25:
            return
        cursor = QTextCursor(document)
        cursor.setPosition(document.characterCount() - MOST_SHOWN, QTextCursor.MoveMode.KeepAnchor)
        cursor.movePosition(QTextCursor.MoveOperation.StartOfBlock, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(CUT_BELOW, self._muted())
        self._muted_until = len(CUT_BELOW)

    def _mute_again(self) -> None:
        cursor = QTextCursor(self.document())
        cursor.setPosition(
            min(self._muted_until, self.document().characterCount() - 1), QTextCursor.MoveMode.KeepAnchor
        )
        cursor.setCharFormat(self._muted())

    def _muted(self) -> QTextCharFormat:
        style = QTextCharFormat()
        style.setForeground(self.palette().color(QPalette.ColorRole.PlaceholderText))
        return style
