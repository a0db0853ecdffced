"""A strip above the pages that says something once and offers what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget


class NoticeStrip(QFrame):
    """Hidden until there is something to say; each button does its thing and hides the strip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice_strip")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.words = QLabel(wordWrap=True)
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.buttons: list[QPushButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(10, 6, 6, 6)
        self._row.setSpacing(8)
        self._row.addWidget(self.words, 1)
        close = QToolButton(autoRaise=True)
        close.setText("✕")
        close.setToolTip("Close")
        close.setAccessibleName("Close")
        close.clicked.connect(self.hide)
        self._row.addWidget(close)
        self.hide()

    def say(self, words: str, offers: Mapping[str, Callable[[], None]]) -> None:
        """Show ``words`` with a button for each offer: its text and what it does."""
        self.words.setText(words)
        for button in self.buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        self.buttons = [self._button(text, do) for text, do in offers.items()]
        for place, button in enumerate(self.buttons):
            self._row.insertWidget(1 + place, button)
        self.show()

    def note(self, words: str) -> None:
        """Say something that asks for nothing, below what was noted before."""
        known = self.words.text().splitlines() if self.isVisible() and not self.buttons else []
        self.say("\n".join(dict.fromkeys([*known, words])), {})

    def _button(self, text: str, do: Callable[[], None]) -> QPushButton:
        def press() -> None:
            self.hide()
            do()

        button = QPushButton(text)
        button.clicked.connect(press)
        return button
