"""The page "Explain": the picture with its map and what can be chosen of it, and all layers."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.explain.questions import Answer
from gui.explain.layers_panel import LayersPanel
from gui.explain.map_controls import MapControls
from gui.explain.overlay_view import OverlayView
from gui.hint_page import hint_page
from gui.seen_page import SeenPage
from gui.try_it.message_view import MessageView

NO_PICTURE = "Drop a picture into “Try it”, draw one there, or use a sample: here you see what the network looked at."
NO_MODEL = "Press Start first: there is no trained network yet."
NO_PICTURES_HERE = "This network does not look at pictures: choose one that does, and press Start."
_WIDE = 900
"""Px from which the layers stand beside the picture instead of below it."""
_SIDE = 320
_SMALLEST = (480, 360)


class ExplainPage(SeenPage):
    """All widgets of the page; :class:`~gui.explain.explainer.Explainer` brings them the answers."""

    question_changed = Signal()
    """Another method, setting or class was chosen."""
    sample_asked = Signal()
    """The person wants to see a picture of the data set."""
    follow_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("explain_page")
        self.overlay = OverlayView()
        self.controls = MapControls()
        self.layers = LayersPanel()
        self.source = QLabel()
        self.source.setObjectName("explain_source")
        self.source.setTextFormat(Qt.TextFormat.PlainText)
        self.source.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.follow = QCheckBox("Follow the training")
        self.follow.setChecked(True)
        self.follow.setToolTip("Explain anew with the newest weights, at most once a second")
        self.sample = _sample_button("Next sample", "Explain a picture of the data set; each press takes another one")
        self.first_sample = _sample_button("Use a sample", "Explain a picture of the data set")
        self.first_sample.setProperty("primary", True)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setMaximumHeight(3)
        self.progress.setStyleSheet("QProgressBar { min-height: 3px; border-radius: 0; }")
        self.hint = MessageView()
        self._wide = True
        self._arrange()
        self._connect()
        # Of its own: that of the layout before the halves are turned would keep the page from becoming narrow.
        self.setMinimumSize(*_SMALLEST)
        self.show_hint(NO_MODEL)

    def show_hint(self, words: str, *, sample: bool = False) -> None:
        """Show a sentence in place of everything, with a button that takes a sample if there is one."""
        self.hint.set_text(words)
        self.first_sample.setVisible(sample)
        self._stack.setCurrentIndex(0)

    def show_answer(self, answer: Answer) -> None:
        """Show a map, the probabilities and the layers."""
        question, found = answer.question, answer.explanation
        self.overlay.show_picture(question.seen)
        self.overlay.show_explanation(found)
        self.controls.show_answer(answer)
        self.layers.show_recording(answer.recording, answer.classes)
        self.source.setText(f"{question.name} · {answer.model}" if question.name else answer.model)
        self.source.setToolTip(self.source.text())
        self._stack.setCurrentIndex(1)

    def show_problem(self, words: str) -> None:
        """Say why there is no answer."""
        self.show_hint(words, sample=True)

    def show_progress(self, share: float | None) -> None:
        """A thin line: how much of a long computation is done; None: nothing is computed, or not for long."""
        self.progress.setRange(0, 1000)
        self.progress.setValue(0 if share is None else max(10, round(share * 1000)))

    def sizeHint(self) -> QSize:
        """Room for both halves side by side."""
        return QSize(1000, 700)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is computed for nobody."""
        self.show_progress(None)
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The layers beside the picture, or below it."""
        super().resizeEvent(event)
        wide = self.width() >= _WIDE
        if wide != self._wide:
            self._wide = wide
            self._turn()

    def _turn(self) -> None:
        directions, turns = QBoxLayout.Direction, Qt.Orientation
        self._pair.setDirection(directions.TopToBottom if self._wide else directions.LeftToRight)
        self._split.setOrientation(turns.Horizontal if self._wide else turns.Vertical)
        if self._wide:
            self._split.setSizes([_SIDE, max(1, self.width() - _SIDE)])
        else:
            self._split.setSizes([360, max(1, self.height() - 360)])

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(10, 6, 10, 4)
        head.addWidget(self.source, 1)
        head.addWidget(self.follow)
        head.addWidget(self.sample)
        upper = QWidget()
        self._pair = QBoxLayout(QBoxLayout.Direction.TopToBottom, upper)
        self._pair.setContentsMargins(10, 4, 10, 6)
        self._pair.setSpacing(10)
        self._pair.addWidget(self.overlay, 1)
        self._pair.addWidget(self.controls, 1)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(upper)
        self._split.addWidget(self.layers)
        self._split.setStretchFactor(1, 1)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.progress)
        column.addWidget(self._split, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(hint_page(self.hint, 90, self.first_sample))
        self._stack.addWidget(content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        self._turn()

    def _connect(self) -> None:
        self.controls.question_changed.connect(self.question_changed)
        self.controls.look.changed.connect(self.overlay.set_look)
        self.sample.clicked.connect(self.sample_asked)
        self.first_sample.clicked.connect(self.sample_asked)
        self.follow.toggled.connect(self.follow_changed)


def _sample_button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    return button
