"""The "Try it" panel for networks that classify texts: a name is typed, the answer is there with every letter."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from core.typed_answer import TypedAnswer
from gui.keys import local_key
from gui.try_it.letter_bars import LetterBars
from gui.try_it.prediction_view import PredictionView

HINT = "Type a name: the answer is there with every letter, also while the network is being trained."
MARGIN = 8
WIDE_FROM = 1.4
"""Width through height from which the letters stand beside the answer."""


class TypingPanel(QWidget):
    """Shows what it is told. It knows no network: :class:`gui.typing_answers.TypingAnswers` asks it."""

    text_changed = Signal(str)
    """What stands in the line now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("typing_panel")
        self.line = QLineEdit()
        self.line.setObjectName("typed_text")
        self.line.setPlaceholderText("Type a surname…")
        self.line.setClearButtonEnabled(True)
        self.line.setAccessibleName("Text to be classified")
        self.line.setToolTip("Each letter is answered at once (Esc empties the line)")
        self.prediction_view = PredictionView()
        self.letters = LetterBars()
        self._hint = HINT
        self._lay_out()
        self.line.textChanged.connect(self.text_changed)
        local_key("Esc", self, self.line.clear)
        self.show_nothing()

    def text(self) -> str:
        """What stands in the line."""
        return self.line.text()

    def set_text(self, text: str) -> None:
        """Write ``text`` into the line, as if it had been typed."""
        self.line.setText(text)

    def set_ready(self, ready: bool, hint: str) -> None:
        """Whether there is a network to ask; ``hint`` says what to do while nothing has been answered."""
        outdated = self.prediction_view.problem() == self._hint
        self._hint = hint or HINT
        if self.prediction_view.hint() or (ready and outdated):
            self.show_nothing()

    def show_answer(self, answer: TypedAnswer) -> None:
        """The likeliest classes, and below them how the guess came about letter by letter."""
        self.prediction_view.show_prediction(answer.prediction())
        self.letters.show_answer(answer)

    def show_problem(self, sentence: str) -> None:
        """Say what went wrong; the last answer disappears."""
        self.prediction_view.show_problem(sentence)
        self.letters.show_answer(None)

    def show_nothing(self) -> None:
        """No text, no answer: say what to do."""
        self.prediction_view.show_hint(self._hint)
        self.letters.show_answer(None)

    def sizeHint(self) -> QSize:
        """The size in a dock at the side of the window."""
        return QSize(384, 440)

    def minimumSizeHint(self) -> QSize:
        """Small: the bars of the letters go first."""
        return QSize(180, 200)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The letters beside the answer where there is width, else below it; where there is no room, not at all."""
        super().resizeEvent(event)
        wide = self.width() >= WIDE_FROM * self.height()
        way = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if self._body.direction() != way:
            self._body.setDirection(way)
        view, answer = self.prediction_view, self.prediction_view.answer
        least = view.least_height() + MARGIN
        view.setMinimumHeight(min(least, max(0, self.height() - self.line.sizeHint().height() - 3 * MARGIN)))
        comfortable = answer.sizeHint().height() + least - answer.least_height()
        view.setMaximumHeight(16_777_215 if wide else comfortable)
        needed = self.line.sizeHint().height() + least + self.letters.minimumSizeHint().height() + 4 * MARGIN
        self.letters.setVisible(wide or self.height() >= needed)
        self._column.activate()  # at once, or for a moment the parts would stand where they stood

    def _lay_out(self) -> None:
        font = self.line.font()
        font.setPointSizeF(font.pointSizeF() * 1.2)
        self.line.setFont(font)
        both = QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding
        self.prediction_view.setSizePolicy(*both)
        self.letters.setSizePolicy(*both)
        column = self._column = QVBoxLayout(self)
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(MARGIN)
        self._body = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._body.setSpacing(2 * MARGIN)
        self._body.addWidget(self.prediction_view, 1)
        self._body.addWidget(self.letters, 1)
        column.addWidget(self.line)
        column.addLayout(self._body, 1)
