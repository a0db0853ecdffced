"""The smaller blocks of a lesson: what is wrong with its file, and the buttons that set the workbench up."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from core.lessons import Fault, Lesson, SetUp
from gui.forms.colours import fault_colour
from gui.lessons.fonts import text_font


class HeadView(QWidget):
    """What the lesson is called, what it is about, and how long it takes."""

    def __init__(self, scale: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.summary = QLabel(wordWrap=True), QLabel(wordWrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(2)
        for label in (self.title, self.summary):
            label.setTextFormat(Qt.TextFormat.PlainText)
            column.addWidget(label)
        self.summary.setProperty("hint", True)
        self.set_scale(scale)

    def show_lesson(self, lesson: Lesson) -> None:
        """Its words."""
        self.title.setText(lesson.title)
        minutes = f"About {lesson.minutes} minutes." if lesson.minutes else ""
        self.summary.setText(" ".join(words for words in (lesson.summary, minutes) if words))
        self.summary.setVisible(bool(self.summary.text()))

    def set_scale(self, scale: float) -> None:
        """Larger or smaller letters."""
        font = text_font(scale)
        self.summary.setFont(font)
        font.setPointSizeF(font.pointSizeF() * 1.6)
        font.setBold(True)
        self.title.setFont(font)


class FaultView(QLabel):
    """In red, and with its line, so that whoever writes the lesson finds it."""

    def __init__(self, fault: Fault, scale: float, parent: QWidget | None = None) -> None:
        where = f"Line {fault.line}: " if fault.line else ""
        super().__init__(f"⚠ {where}{fault.words}", parent, wordWrap=True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setAccessibleName("Something is wrong with the file of this lesson")
        self.set_scale(scale)
        self._colour()

    def set_scale(self, scale: float) -> None:
        """Larger or smaller letters."""
        self.setFont(text_font(scale))

    def changeEvent(self, event: QEvent) -> None:
        """The theme may have changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()

    def _colour(self) -> None:
        colour = fault_colour(self.palette()).name()
        sheet = f"color: {colour}; border-left: 3px solid {colour}; padding: 4px 8px;"
        if self.styleSheet() != sheet:
            self.setStyleSheet(sheet)


class SetUpView(QWidget):
    """The button; once it was pressed, what it did, and a way back."""

    asked = Signal()
    back_asked = Signal()

    def __init__(self, set_up: SetUp, scale: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.set_up = set_up
        self.button = QPushButton(set_up.label)
        self.button.setToolTip(_told(set_up))
        self.button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.button.setMinimumWidth(60)  # a long label never widens the dock
        self.words = QLabel(wordWrap=True)
        self.words.setProperty("hint", True)
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.back = QToolButton()
        self.back.setText("Put back what was set before")
        self.back.setToolTip("The set-up as it was before this button was pressed")
        self._below = QWidget()
        below = QVBoxLayout(self._below)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        below.addWidget(self.words)
        below.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeft)
        self._below.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(3)
        column.addWidget(self.button)
        column.addWidget(self._below)
        self.button.clicked.connect(self.asked)
        self.back.clicked.connect(self.back_asked)
        self.set_scale(scale)

    def set_scale(self, scale: float) -> None:
        """Larger or smaller letters."""
        self.words.setFont(text_font(scale))

    def tell(self, words: str, *, undoable: bool) -> None:
        """What came of it."""
        self.words.setText(words)
        self.back.setVisible(undoable)
        self._below.setVisible(bool(words) or undoable)


def _told(set_up: SetUp) -> str:
    lines = [set_up.label, *(f"{name}: {value}" for name, value in set_up.asked)]
    lines += [f"then opens the page {set_up.page}"] if set_up.page else []
    lines += [f"then presses {set_up.then}"] if set_up.then else []
    return "\n".join(lines)
