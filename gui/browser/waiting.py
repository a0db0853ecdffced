"""What stands in place of the samples: that they are being loaded, that they first must be, or why there are none."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

_WIDTH = 420
_PARTS = 1000


class Waiting(QWidget):
    """A title, a sentence, and a button or a progress bar."""

    load_asked = Signal()
    cancel_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("data_waiting")
        self.title = QLabel(alignment=Qt.AlignmentFlag.AlignHCenter, wordWrap=True)
        self.title.setProperty("heading", True)
        self.words = QLabel(alignment=Qt.AlignmentFlag.AlignHCenter, wordWrap=True)
        for label in (self.title, self.words):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.progress = QProgressBar(textVisible=False, maximum=_PARTS)
        self.progress.setAccessibleName("Loading")
        self.load = QPushButton()
        self.load.setProperty("primary", True)
        self.load.clicked.connect(self.load_asked)
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("Give up loading; Start is not touched by it")
        self.cancel.clicked.connect(self.cancel_asked)
        self._lay_out()
        self.say("", "")

    def say(self, title: str, words: str, button: str = "", tip: str = "", *, stressed: bool = True) -> None:
        """A title and a sentence, with a button below where there is something to be done about it."""
        self.title.setText(title)
        self.words.setText(words)
        self.load.setText(button)
        self.load.setToolTip(tip)
        self._stress(stressed)
        self.load.setVisible(bool(button))
        self._show_progress(False)

    def show_progress(self, title: str, share: float, words: str) -> None:
        """How far the loading is; ``share`` below 0: not known."""
        self.title.setText(title)
        self.words.setText(f"{words}…" if words else "")
        self.load.hide()
        self.progress.setMaximum(_PARTS if share >= 0 else 0)
        self.progress.setValue(round(_PARTS * share) if share >= 0 else 0)
        self._show_progress(True)

    def _stress(self, on: bool) -> None:
        self.load.setProperty("primary", on)
        self.load.style().polish(self.load)

    def _show_progress(self, on: bool) -> None:
        self.progress.setVisible(on)
        self.cancel.setVisible(on)

    def _lay_out(self) -> None:
        box = QWidget()
        box.setMaximumWidth(_WIDTH)
        column = QVBoxLayout(box)
        column.setSpacing(14)
        for widget in (self.title, self.words, self.progress):
            column.addWidget(widget)
        for button in (self.load, self.cancel):
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(box, 4)
        row.addStretch(1)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addLayout(row)
        outer.addStretch(3)
