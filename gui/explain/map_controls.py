"""What is explained, how, and how the map is drawn; and what the map says, in words."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from core.explain.questions import Answer
from gui.explain.class_picker import ClassPicker
from gui.explain.look_controls import LookControls
from gui.explain.method_panel import MethodPanel


class MapControls(QScrollArea):
    """Class, method and its settings, look, and the sentences; it scrolls where there is little room."""

    question_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.classes = ClassPicker()
        self.method = MethodPanel()
        self.look = LookControls()
        self.sentence, self.note = _words("explain_sentence"), _words("explain_note")
        self.note.setProperty("hint", True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(285)
        self._arrange()
        self.classes.target_changed.connect(self.question_changed)
        self.method.changed.connect(self.question_changed)

    def show_answer(self, answer: Answer) -> None:
        """Say what was found; offer the classes and the layers that there are."""
        found = answer.explanation
        self.classes.show_classes(answer.classes, answer.recording.probabilities)
        self.method.set_subject(answer.recording.cam_layers(), *answer.question.seen.shape[1:])
        self.sentence.setText(found.sentence if found else answer.problem)
        self.note.setText(found.note if found else "")
        self.note.setVisible(bool(self.note.text()))
        if found is not None:
            self.look.set_signed(found.signed)

    def sizeHint(self) -> QSize:
        """As wide as the picture."""
        return QSize(300, 320)

    def _arrange(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(8)
        line = QHBoxLayout()
        label = QLabel("Explain")
        label.setBuddy(self.classes)
        line.addWidget(label)
        line.addWidget(self.classes, 1)
        column.addLayout(line)
        # The form comes last: it is the part whose height differs, and nothing else shall jump.
        for widget in (self.method, self.sentence, self.note, self.look, self.method.form):
            column.addWidget(widget)
        column.addStretch(1)
        self.setWidget(inner)
        inner.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)


def _words(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
