"""What the network answered, why it could not, or what to do to get an answer."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from core.prediction import Prediction
from gui.try_it.answer_view import AnswerView
from gui.try_it.elided_label import ElidedLabel
from gui.try_it.message_view import MessageView
from gui.try_it.offers import shown_name
from gui.views.canvas import small
from gui.views.numbers import with_unit

HINT = "Draw something or give a picture: the answer appears here, also while the network is being trained."
ASKING = "Asking the network…"
NO_NUMBERS = (
    "The network's answer is not a number (NaN): its training has diverged. "
    "Lower the learning rate and press Start again."
)
_GAP = 4


class PredictionView(QStackedWidget):
    """Three pages of the same size: a hint, an answer, a problem. What takes the place of another moves nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("prediction_view")
        self.setAccessibleName("Answer of the network")
        self._prediction: Prediction | None = None
        self._hint = MessageView()
        self._problem = MessageView()
        self.answer = AnswerView()
        self._model = ElidedLabel()
        self._note = MessageView(note=True)
        for page in (self._hint, self._answer_page(), self._problem):
            page.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
            self.addWidget(page)
        self._dress()
        self.show_hint(HINT)

    def show_hint(self, sentence: str) -> None:
        """Say what to do to get an answer; the last answer is gone."""
        self._prediction = None
        self._hint.set_text(sentence)
        self._turn_to(0, sentence)

    def show_prediction(self, prediction: Prediction) -> None:
        """Show an answer; one that is not made of numbers, or of none, is a problem.

        The best class must be the first of ``prediction.labels``.
        """
        if not prediction.labels or not np.isfinite(prediction.probabilities).all():
            self.show_problem(NO_NUMBERS if prediction.labels else "The network knows no classes to choose from.")
            return
        self._prediction = prediction
        self.answer.show_prediction(prediction)
        about = " · ".join(part for part in (prediction.model, shown_name(prediction.name)) if part)
        self._model.set_text(about)
        self._note.set_text(prediction.note)
        best = f"{prediction.labels[0]}, {with_unit(100.0 * float(prediction.probabilities[0]), '%')}"
        self._turn_to(1, f"{best}. {about}. {prediction.note}".strip())

    def show_problem(self, sentence: str) -> None:
        """Say what went wrong; the last answer is gone, so that nobody takes it for the answer."""
        self._prediction = None
        self._problem.set_text(sentence, problem=True)
        self._turn_to(2, sentence)

    def show_asking(self) -> None:
        """A new answer takes long: fade the last one, or say so."""
        if self._prediction is None:
            self.show_hint(ASKING)
        else:
            self.answer.set_faded(True)
            self._model.set_text(ASKING)

    def prediction(self) -> Prediction | None:
        """The answer that is shown, if one is."""
        return self._prediction if self.currentIndex() == 1 else None

    def problem(self) -> str:
        """The sentence about what went wrong, or an empty text."""
        return self._problem.text() if self.currentIndex() == 2 else ""

    def hint(self) -> str:
        """The sentence about what to do, or an empty text."""
        return self._hint.text() if self.currentIndex() == 0 else ""

    def model_line(self) -> str:
        """Which model answered, and to which picture; or that it is being asked."""
        return self._model.text() if self.currentIndex() == 1 else ""

    def note(self) -> str:
        """What there is to know about the picture, or an empty text."""
        return self._note.text() if self.currentIndex() == 1 else ""

    def least_height(self) -> int:
        """Px below which something would be cut off."""
        return self.answer.least_height() + self._model.sizeHint().height() + self._note.minimumHeight() + 2 * _GAP

    def sizeHint(self) -> QSize:
        """A little air between the rows."""
        return QSize(240, self.least_height() + 12)

    def minimumSizeHint(self) -> QSize:
        """Never in the way: the panel gives the room."""
        return QSize(0, 0)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme and the font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._dress()

    def _answer_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_GAP)
        column.addWidget(self.answer, 100)
        column.addWidget(self._model)
        column.addWidget(self._note, 1)
        return page

    def _dress(self) -> None:
        for label in (self._model, self._note):
            label.setFont(small(self.font()))
        self._note.setMinimumHeight(2 * self._note.fontMetrics().lineSpacing() + 1)

    def _turn_to(self, page: int, words: str) -> None:
        self.setCurrentIndex(page)
        self.setAccessibleDescription(words)
