"""Where a person types how the text shall begin."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

MOST_CHARACTERS = 10_000
"""The network reads no more of a seed; of a longer paste the end is taken."""
WAIT_MS = 150
_LINES = 2.4


class SeedEdit(QPlainTextEdit):
    """A few lines of plain text. Tab goes on to the next field."""

    seed_changed = Signal(str)
    """What stands here, once nothing was typed for a moment."""
    shortened = Signal(int)
    """So many characters were pasted, too many: only the last ones were taken."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("seed_edit")
        self.setTabChangesFocus(True)
        self.setPlaceholderText("Left empty, the text begins on a new line")
        self.setToolTip("The seed: the network reads it and goes on from there (Ctrl+Enter writes, Esc stops)")
        self.setAccessibleName("Seed")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._pause = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._pause.timeout.connect(lambda: self.seed_changed.emit(self.seed()))
        self.textChanged.connect(self._pause.start)

    def seed(self) -> str:
        """What stands here."""
        return self.toPlainText()

    def set_seed(self, seed: str) -> None:
        """Write ``seed`` here, its end if it is very long."""
        self.setPlainText(self._end_of(seed))

    def event(self, event: QEvent) -> bool:
        """Leave Shift+Enter to the panel; it would only make a line break of another kind."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            shifted = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
            if shifted and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                event.ignore()
                return False
        return super().event(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste or drop; a very long text would take seconds to lay out, and nobody would read it."""
        taken = QMimeData()
        taken.setText(self._end_of(source.text()))
        super().insertFromMimeData(taken)

    def sizeHint(self) -> QSize:
        """Two lines and the beginning of a third."""
        return QSize(240, round(self.fontMetrics().lineSpacing() * _LINES) + 14)

    def minimumSizeHint(self) -> QSize:
        """One line."""
        return QSize(120, self.fontMetrics().lineSpacing() + 14)

    def _end_of(self, text: str) -> str:
        if len(text) <= MOST_CHARACTERS:
            return text
        self.shortened.emit(len(text))
        return text[-MOST_CHARACTERS:]
