"""One sample: large, with all that is known of it, and what training makes of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from core.survey import PARTS, Sample
from gui.browser.picture_view import PictureView
from gui.browser.variants_view import VariantsView
from gui.try_it.elided_label import ElidedLabel

VARIANTS = 15
NOTHING_CHOSEN = "Choose a sample to see it here."
_OFF = "Training shows it as it is: augmentation is switched off in the set-up."
_NONE = "Training shows it as it is: this data set is not augmented, or all of it is switched off in its settings."
_HELD_OUT = "Only training samples are varied; this is how training would vary it."
_EACH = "The first is the sample itself. Training draws a new variant in each epoch."


class Inspector(QScrollArea):
    """Shows one sample; what is wanted of it is told by signals."""

    try_asked = Signal()
    again_asked = Signal()
    variant_asked = Signal(object)
    """A variant to be tried, uint8 C×H×W."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.picture = PictureView()
        self.picture.double_clicked.connect(self.try_asked)
        self.title = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.title.setProperty("heading", True)
        self.details = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.file = ElidedLabel()
        self.try_it = QPushButton("Try it")
        self.try_it.setToolTip("Let the network answer to this sample (Enter in the grid, or a double click)")
        self.try_it.clicked.connect(self.try_asked)
        self.again = QPushButton("Again")
        self.again.setToolTip("Draw other variants")
        self.again.clicked.connect(self.again_asked)
        self.variants = VariantsView()
        self.variants.clicked.connect(self._on_variant)
        self.caption = QLabel(wordWrap=True)
        self.caption.setProperty("caption", True)
        self._original: NDArray[np.uint8] | None = None
        self._pictures: NDArray[np.uint8] | None = None
        self._lay_out()
        self.show_sample(None)

    def show_sample(self, sample: Sample | None) -> None:
        """Show it; None: nothing is chosen."""
        self._original = None if sample is None else sample.picture
        self.picture.show_picture(self._original)
        self.try_it.setEnabled(sample is not None and sample.picture.shape[0] in (1, 3))
        for widget in (self.picture, self.try_it, self._varied):
            widget.setVisible(sample is not None)
        self.file.setVisible(bool(sample and sample.name))
        if sample is None:
            self.title.setText("")
            self.details.setText(NOTHING_CHOSEN)
            return
        channels, height, width = sample.picture.shape
        colour = {1: "grey", 3: "RGB"}.get(channels, f"{channels} channels")
        self.title.setText(sample.class_name[:200])
        self.details.setText(
            f"{PARTS[sample.part].capitalize()} sample {sample.index:,}\n{width} × {height} px, {colour}"
        )
        self.file.set_text(sample.name)

    def show_variants(self, varied: NDArray[np.uint8], part: str) -> None:
        """N×C×H×W variants of the sample, beside itself."""
        if self._original is None or varied.shape[1:] != self._original.shape:
            return
        self._pictures = np.concatenate([self._original[None], varied])
        self.variants.show_pictures(self._pictures)
        self.caption.setText(_EACH if part == "train" else _HELD_OUT)
        self._set_varied(True)

    def show_unvaried(self, *, switched_off: bool) -> None:
        """Say why there are no variants."""
        self.caption.setText(_OFF if switched_off else _NONE)
        self._set_varied(False)

    def show_fault(self, sentence: str) -> None:
        """The variants could not be made."""
        self.caption.setText(sentence)
        self._set_varied(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Room for the scroll bar is always left: pictures that grew and shrank with it would never come to rest."""
        super().resizeEvent(event)
        self._inner.setFixedWidth(max(1, self.width() - self.verticalScrollBar().sizeHint().width()))

    def _on_variant(self, index: int) -> None:
        if index == 0:
            self.try_asked.emit()
        elif self._pictures is not None:
            self.variant_asked.emit(self._pictures[index])

    def _set_varied(self, on: bool) -> None:
        self.variants.setVisible(on)
        self.again.setVisible(on)

    def _lay_out(self) -> None:
        self._varied = QWidget()
        head = QHBoxLayout()
        words = QLabel("Training variants")
        font = words.font()
        font.setBold(True)
        words.setFont(font)
        head.addWidget(words, 1)
        head.addWidget(self.again)
        below = QVBoxLayout(self._varied)
        below.setContentsMargins(0, 10, 0, 0)
        below.setSpacing(6)
        below.addLayout(head)
        below.addWidget(self.variants)
        below.addWidget(self.caption)
        self._inner = QWidget()
        column = QVBoxLayout(self._inner)
        column.setContentsMargins(12, 10, 4, 10)
        column.setSpacing(6)
        for widget in (self.picture, self.title, self.details, self.file, self.try_it, self._varied):
            column.addWidget(widget)
        column.addStretch(1)
        self.setWidget(self._inner)
        self.setMinimumWidth(200)
