"""The row above the map: which map it is, of how many samples, and what t-SNE needs."""

from __future__ import annotations

from typing import Literal, TypeAlias

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QToolButton,
    QWidget,
)

Method: TypeAlias = Literal["pca", "tsne"]
METHODS: dict[Method, tuple[str, str]] = {
    "pca": ("PCA", "The plane in which the samples differ most, computed anew as the network learns"),
    "tsne": ("t-SNE", "Keeps neighbours together and shows clusters; takes some seconds, for the weights of one step"),
}
COUNTS = (500, 1000, 2000, 5000)
USUAL_COUNT = 2000
_WIDE, _NARROWEST = 560, 470


class MethodRow(QWidget):
    """Says what the person chose; what is computed is shown by :meth:`show_computing`."""

    method_changed = Signal(str)
    count_changed = Signal()
    compute_asked = Signal()
    cancel_asked = Signal()
    fit_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons = {method: _check_button(*words) for method, words in METHODS.items()}
        self._group = QButtonGroup(self)
        self.count = QComboBox()
        for number in COUNTS:
            self.count.addItem(f"{number:,} samples", number)
        self.count.setCurrentIndex(COUNTS.index(USUAL_COUNT))
        self.count.setAccessibleName("Number of samples")
        self.count.setToolTip("Samples of the validation part, always the same ones, the classes as evenly as can be")
        self.perplexity = QDoubleSpinBox(minimum=2, maximum=200, value=30, decimals=0, singleStep=5)
        self.perplexity.setAccessibleName("Perplexity")
        self.perplexity.setToolTip(
            "Perplexity: how many neighbours each sample tries to stay close to, 2 to 200; 30 is usual"
        )
        self._caption = QLabel("Perplexity")
        self.compute = QPushButton("Compute")
        self.compute.setToolTip("Compute t-SNE of the newest weights, in a process of its own")
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("End the computation at once (Esc)")
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setAccessibleName("How far t-SNE is")
        self.progress.setMaximumWidth(120)
        self.fit = QToolButton()
        self.fit.setText("Fit")
        self.fit.setToolTip("Everything in view again (Home); the wheel zooms, dragging moves")
        self._lay_out()
        self._connect()
        self.buttons["pca"].setChecked(True)
        self.show_computing(None)

    def method(self) -> Method:
        """What is chosen."""
        return "tsne" if self.buttons["tsne"].isChecked() else "pca"

    def choose(self, method: Method) -> None:
        """Choose it, as if its button had been pressed."""
        self.buttons[method].setChecked(True)

    def samples(self) -> int:
        """How many samples shall be shown."""
        return int(self.count.currentData())

    def show_computing(self, share: float | None) -> None:
        """How far t-SNE is, 0 to 1; below 0: it has not begun to move yet; None: it is not being computed."""
        tsne, busy = self.method() == "tsne", share is not None
        for widget in (self.perplexity, self.compute):
            widget.setVisible(tsne and not busy)
        self._caption.setVisible(tsne and not busy and self.width() >= _WIDE)
        self.progress.setVisible(tsne and busy)
        self.cancel.setVisible(tsne and busy)
        if share is not None:
            self.progress.setRange(0, 0 if share < 0 else 1000)
            self.progress.setValue(round(1000 * max(0.0, share)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow row the number stands without its caption; its tooltip says the same."""
        super().resizeEvent(event)
        self._caption.setVisible(self.perplexity.isVisibleTo(self) and self.width() >= _WIDE)

    def minimumSizeHint(self) -> QSize:
        """The caption has no say."""
        return QSize(_NARROWEST, super().minimumSizeHint().height())

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 2, 10, 4)
        row.setSpacing(6)
        for button in self.buttons.values():
            self._group.addButton(button)
            row.addWidget(button)
        row.addWidget(self.count)
        tools: tuple[QWidget, ...] = (self._caption, self.perplexity, self.compute, self.progress, self.cancel)
        for widget in tools:
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.fit)

    def _connect(self) -> None:
        for method, button in self.buttons.items():
            button.toggled.connect(lambda on, method=method: self.method_changed.emit(method) if on else None)
        self.count.currentIndexChanged.connect(lambda _index: self.count_changed.emit())
        self.compute.clicked.connect(self.compute_asked)
        self.cancel.clicked.connect(self.cancel_asked)
        self.fit.clicked.connect(self.fit_asked)


def _check_button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setCheckable(True)
    button.setToolTip(tip)
    return button
