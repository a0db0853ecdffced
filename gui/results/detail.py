"""One picture of the gallery, larger, with what the model took it for and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from core.judgement import Guess, Judgement
from gui.results.guess_bars import draw_guesses
from gui.results.picture_store import PictureStore, draw_fitted
from gui.results.words import part_word, quoted
from gui.views.canvas import small
from gui.views.numbers import format_number

TOP = 5
SIDE = 128
"""Px of the large picture."""


class Answer(QWidget):
    """The name of the picture, its true class, its loss, and the likeliest classes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self._lines: tuple[str, str] = ("", "")
        self._guesses: tuple[Guess, ...] = ()
        self._classes: tuple[str, ...] = ()
        self._true = -1

    def show_sample(self, judgement: Judgement | None, row: int) -> None:
        """Show what was said to a sample; None: nothing."""
        self._lines, self._guesses = ("", ""), ()
        if judgement is not None and row >= 0:
            self._classes, self._true = judgement.classes, int(judgement.targets[row])
            self._guesses = judgement.guesses(row, TOP)
            loss = format_number(float(judgement.losses[row]), 3)
            name = f"{part_word(judgement.part)} picture {row:,}".capitalize()
            self._lines = (
                f"Truly {quoted(self._classes[self._true])}",
                f"{name} · loss {loss} · epoch {judgement.epoch}",
            )
        self.setAccessibleDescription(". ".join(self._lines))
        self.update()

    def lines(self) -> tuple[str, str]:
        """What is written above the bars."""
        return self._lines

    def sizeHint(self) -> QSize:
        """Room for two lines and five bars."""
        return QSize(220, SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Two lines and the bars."""
        if not self._lines[0]:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bold = QFont(self.font())
        bold.setBold(True)
        top = 0.0
        fonts = ((bold, QPalette.ColorRole.Text), (small(self.font()), QPalette.ColorRole.PlaceholderText))
        for words, (font, role) in zip(self._lines, fonts, strict=True):
            metrics = QFontMetrics(font)
            painter.setFont(font)
            painter.setPen(self.palette().color(role))
            text = metrics.elidedText(words, Qt.TextElideMode.ElideRight, self.width())
            painter.drawText(QRectF(0, top, self.width(), metrics.height()), Qt.AlignmentFlag.AlignVCenter, text)
            top += metrics.height() + 1
        rows = max(1, len(self._guesses))
        height = min(self.height() - top - 4, rows * 20.0)
        area = QRectF(0, top + 4, self.width(), height)
        draw_guesses(painter, area, self.palette(), self._guesses, self._classes, self._true)


class LargePicture(QWidget):
    """The picture as large as fits."""

    def __init__(self, store: PictureStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(SIDE, SIDE)
        self._store, self._row = store, -1

    def show_row(self, row: int) -> None:
        """Show the picture of a sample, once it is there."""
        self._row = row
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, or an empty ground as long as it is not there."""
        image = self._store.get(self._row)
        painter = QPainter(self)
        if image is not None:
            draw_fitted(painter, QRectF(self.rect()), image)
        elif self._row >= 0:
            painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.AlternateBase))


class Detail(QFrame):
    """The selected picture and two buttons."""

    try_asked = Signal()
    explain_asked = Signal()

    def __init__(self, store: PictureStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("picture_detail")
        self.setAccessibleName("The selected picture")
        self.picture, self.answer = LargePicture(store), Answer()
        self.try_button, self.explain_button = QPushButton("Try it"), QPushButton("Explain")
        self.try_button.setToolTip("Hand this picture to “Try it” (Enter, or a double click)")
        self.explain_button.setToolTip("Show which parts of this picture the answer depends on")
        self.try_button.clicked.connect(self.try_asked)
        self.explain_button.clicked.connect(self.explain_asked)
        buttons = QVBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self.try_button)
        buttons.addWidget(self.explain_button)
        buttons.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 8, 10, 8)
        row.setSpacing(12)
        row.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.answer, 1)
        row.addLayout(buttons)
        self.show_sample(None, -1)

    def show_sample(self, judgement: Judgement | None, row: int) -> None:
        """Show a sample of ``judgement``; None or -1: none."""
        self.picture.show_row(row if judgement else -1)
        self.answer.show_sample(judgement, row)
        for button in (self.try_button, self.explain_button):
            button.setEnabled(judgement is not None and row >= 0)
