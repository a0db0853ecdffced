"""What is odd about the data, in a calm line that opens."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from gui.try_it.elided_label import ElidedLabel

_LINES = 7


class NotesStrip(QFrame):
    """The first sentence, and all of them once it is opened; hidden where there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("data_notes")
        self.words = ElidedLabel()
        self.details = QToolButton()
        self.details.setText("Details")
        self.details.setCheckable(True)
        self.details.setToolTip("Show all that is odd about the data")
        self.all = QPlainTextEdit(readOnly=True)
        self.all.setAccessibleName("What is odd about the data")
        self.all.setMaximumHeight(_LINES * self.fontMetrics().lineSpacing() + 14)
        self.all.hide()
        self.details.toggled.connect(self.all.setVisible)
        row = QHBoxLayout()
        row.addWidget(self.words, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.details)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 0, 8, 4)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.all)
        self.hide()

    def show_notes(self, notes: tuple[str, ...]) -> None:
        """These sentences."""
        first = notes[0].strip().splitlines()[0] if notes and notes[0].strip() else ""
        more = f" (and {len(notes) - 1} more)" if len(notes) > 1 else ""
        self.words.set_text(first + more)
        self.all.setPlainText("\n".join(notes))
        self.setVisible(bool(notes))
