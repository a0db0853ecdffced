"""What the dock holds once lessons are read: the list of them, and the one that is open."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from gui.keys import local_key
from gui.lessons.fonts import SCALES, USUAL
from gui.lessons.lesson_list import LessonList
from gui.lessons.reader import Reader


class LessonsPanel(QWidget):
    """A bar, and below it the list or the reader."""

    scaled = Signal(int)
    """Another size of letters, as a place in ``SCALES``."""
    list_asked = Signal()

    def __init__(self, size: int = USUAL, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lessons_panel")
        self.list, self.reader = LessonList(), Reader()
        self.title = QLabel()
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.title.setProperty("hint", True)
        self.title.setAccessibleName("How far you are")
        self.back = _tool("‹ All lessons", "Back to the list of lessons")
        self.smaller, self.larger = _tool("A−", "Smaller letters (Ctrl+−)"), _tool("A+", "Larger letters (Ctrl++)")
        self._size = min(max(size, 0), len(SCALES) - 1)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.list)
        self.stack.addWidget(self.reader)
        self._bar = QWidget()
        row = QHBoxLayout(self._bar)
        row.setContentsMargins(6, 4, 6, 4)
        for widget, stretch in ((self.back, 0), (self.title, 1), (self.smaller, 0), (self.larger, 0)):
            row.addWidget(widget, stretch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self.stack, 1)
        self.back.clicked.connect(self.list_asked)
        self.smaller.clicked.connect(lambda: self.resize_letters(-1))
        self.larger.clicked.connect(lambda: self.resize_letters(1))
        for keys, step in (("Ctrl++", 1), ("Ctrl+=", 1), ("Ctrl+-", -1)):
            local_key(keys, self, partial(self.resize_letters, step))
        self.reader.set_scale(SCALES[self._size])
        self.show_list()

    def show_list(self) -> None:
        """The list in front."""
        self.stack.setCurrentWidget(self.list)
        self._bar.hide()

    def show_reader(self) -> None:
        """The open lesson in front."""
        self.stack.setCurrentWidget(self.reader)
        self._bar.show()

    def resize_letters(self, step: int) -> None:
        """One step larger (1) or smaller (-1)."""
        size = min(max(self._size + step, 0), len(SCALES) - 1)
        if size != self._size:
            self._size = size
            self.reader.set_scale(SCALES[size])
            self.scaled.emit(size)
        self.smaller.setEnabled(size > 0)
        self.larger.setEnabled(size < len(SCALES) - 1)


def _tool(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
