"""What a layer gave for the batch's first sample, and what the gradient there is."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from core.slow_step.records import Array, LayerCall, OutputGradient
from core.views import BarChart, Heatmap, ImageGrid, View
from gui.slow_step.timeline import Timeline
from gui.try_it.elided_label import ElidedLabel
from gui.try_it.message_view import MessageView
from gui.views.drawer import ViewDrawer

MOST_BARS = 24
_WRAPPED = 32
NOTHING_YET = "Press Next: the batch goes through the network, layer by layer."
NO_GRADIENT = "There is no gradient here yet: backward comes from the end to the front."


class OutputPanel(QWidget):
    """The output of the layer that is chosen, or its gradient, drawn by what fits its shape."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = ElidedLabel(role=QPalette.ColorRole.WindowText)
        self.what = QComboBox()
        self.what.setObjectName("output_or_gradient")
        self.what.setAccessibleName("What is shown of the layer")
        self.what.addItems(["output", "gradient of the output"])
        self.what.setToolTip("What the layer gave, or how the loss changes with each of these numbers")
        self.drawer = ViewDrawer()
        self.message = MessageView()
        self._timeline: Timeline | None = None
        self._call, self._position = -1, 0
        self._drawn: Array | None = None
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.what)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 6, 4)
        column.addLayout(head)
        column.addWidget(self.drawer, 1)
        column.addWidget(self.message, 1)
        self.what.currentIndexChanged.connect(lambda _index: self._show())
        self._show()

    def show_step(self, timeline: Timeline | None, position: int, call: int) -> None:
        """Show this use of a layer as it was after so many moments."""
        self._timeline, self._position = timeline, position
        self._call = call if timeline and 0 <= call < timeline.calls(position) else -1
        self._show()

    def shown(self) -> Array | None:
        """The numbers that are drawn."""
        return self._drawn

    def _show(self) -> None:
        self.what.setEnabled(self._call >= 0)
        if self._timeline is None:
            self.title.set_text("")
            self._say(NOTHING_YET)
            return
        if self._call < 0:
            record = self._timeline.record
            shape = "×".join(map(str, record.inputs_shape)) or "one number"
            self.title.set_text(f"The batch's first sample: {shape}")
            self._draw(record.inputs, relu_like=True)
            return
        call = self._timeline.record.calls[self._call]
        numbers = call.sample if self.what.currentIndex() == 0 else self._gradient()
        self._set_title(call)
        if numbers is None:
            self._say(NO_GRADIENT)
        elif not numbers.size:
            self._say("There are no numbers in it.")
        else:
            self._draw(numbers, relu_like=bool((numbers >= 0).all()))

    def _set_title(self, call: LayerCall) -> None:
        shape = "×".join(map(str, call.sample_shape)) or "one number"
        cut = "" if call.whole else f", the first {call.sample.shape[0]:,} of {call.sample_shape[0]:,} are drawn"
        self.title.set_text(f"{call.title}: {shape} for the first sample{cut}")

    def _gradient(self) -> Array | None:
        assert self._timeline is not None
        arrived = self._timeline.record.arrivals[: self._timeline.arrivals(self._position)]
        found = [each for each in arrived if isinstance(each, OutputGradient) and each.call == self._call]
        return found[-1].sample if found else None

    def _draw(self, numbers: Array, *, relu_like: bool) -> None:
        self.message.hide()
        self.drawer.show()
        if numbers is not self._drawn:
            self._drawn = numbers
            self.drawer.draw(view_of(numbers, symmetric=not relu_like))

    def _say(self, words: str) -> None:
        self._drawn = None
        self.drawer.hide()
        self.message.show()
        self.message.set_text(words)


def view_of(numbers: Array, *, symmetric: bool) -> View:
    """Maps as pictures, a matrix as a heat map, a few numbers as bars and many of them as a heat map in lines."""
    if numbers.ndim >= 3:
        maps = numbers.reshape(-1, *numbers.shape[-2:])
        return ImageGrid(images=maps, labels=[str(index) for index in range(len(maps))], symmetric=symmetric)
    if numbers.ndim == 2:
        return Heatmap(values=numbers, symmetric=symmetric)
    flat = numbers.reshape(-1)
    if len(flat) <= MOST_BARS:
        return BarChart(labels=[str(index) for index in range(len(flat))], values=flat)
    return Heatmap(values=wrapped(flat), symmetric=symmetric, x_label="number", y_label="line")


def wrapped(numbers: Array, width: int = _WRAPPED) -> Array:
    """A row of numbers in lines of ``width``; what is left of the last one is NaN."""
    lines = -(-len(numbers) // width)
    padded = np.full(lines * width, np.nan, np.float32)
    padded[: len(numbers)] = numbers
    return padded.reshape(lines, width)
