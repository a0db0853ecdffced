"""What was found for a selected phrase."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from core.passages import Memory, Passage

_LONGEST_QUOTE = 24


class PhraseStrip(QWidget):
    """What was found for a phrase, with buttons that lead from passage to passage."""

    moved = Signal()
    """Another passage is looked at: :attr:`place`."""
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.passages: list[Passage] = []
        self.place = -1
        self._said = ""
        self._remembered = False
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.back = small_button("◂", "The passage before (Shift+N)")
        self.onward = small_button("▸", "The next passage (N)")
        self.close_button = small_button("✕", "Select nothing (Escape)")
        self.back.clicked.connect(lambda: self._move(-1))
        self.onward.clicked.connect(lambda: self._move(1))
        self.close_button.clicked.connect(self.closed)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 6, 4)
        row.setSpacing(4)
        row.addWidget(self.words, 1)
        for button in (self.back, self.onward, self.close_button):
            row.addWidget(button)
        self.setBackgroundRole(QPalette.ColorRole.Window)
        self.setAutoFillBackground(True)
        self.hide()

    def tell(self, phrase: str, memories: Sequence[Memory], passages: Sequence[Passage]) -> None:
        """Say what was found; the passage looked at stays while the passages are the same."""
        if [(one.first, one.end) for one in passages] != [(one.first, one.end) for one in self.passages]:
            self.place = -1
        self.passages = list(passages)
        self._remembered = bool(memories)
        quote = phrase if len(phrase) <= _LONGEST_QUOTE else f"{phrase[:_LONGEST_QUOTE]}…"
        cells = _count(len(memories), "cell")
        found = f"{cells} active along it" if memories else "no cell stays active along it: try a shorter phrase"
        self._said = f"“{quote.replace(chr(10), '↵')}”: {found}"
        self._say()
        self.show()

    def _move(self, by: int) -> None:
        self.place = (self.place + by) % len(self.passages) if self.place >= 0 or by > 0 else len(self.passages) - 1
        self._say()
        self.moved.emit()

    def _say(self) -> None:
        passages = _count(len(self.passages), "other passage")
        where = f" ({self.place + 1} of {len(self.passages)})" if self.place >= 0 else ""
        self.words.setText(f"{self._said}, and in {passages}{where}" if self._remembered else self._said)
        for button in (self.back, self.onward):
            button.setEnabled(bool(self.passages))


def _count(number: int, thing: str) -> str:
    return f"{number or 'no'} {thing}{'' if number == 1 else 's'}"


def small_button(text: str, tip: str) -> QToolButton:
    """A button with a sign for its text."""
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    return button
