"""One feature map, enlarged, and the arithmetic of the pixel under the cursor."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QVBoxLayout, QWidget

from core.explain.operations import Layer
from gui.explain.map_view import MapView
from gui.explain.working import map_working, number
from gui.explain.working_view import WorkingView

_BESIDE_FROM = 380
_MAP_SHARE = 0.32
_MAP = (120, 300)


class MapDetail(QWidget):
    """The map at the left (or above, where it is narrow), the sum beside it, and the whole in one line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.map = MapView()
        self.view = WorkingView()
        self.formula = QLabel()
        self.formula.setObjectName("formula")
        self.formula.setTextFormat(Qt.TextFormat.PlainText)
        self.formula.setWordWrap(True)
        self.formula.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.formula.setFixedHeight(2 * self.formula.fontMetrics().lineSpacing() + 2)  # so that nothing jumps
        self.formula.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._layer: Layer | None = None
        self._next: Layer | None = None
        self._channel = 0
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._box.setSpacing(8)
        self._box.addWidget(self.map)
        self._box.addWidget(self.view, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 0, 0)
        column.addWidget(self.formula)
        column.addLayout(self._box, 1)
        self.map.pixel_changed.connect(self._work_out)

    def show_map(self, layer: Layer, channel: int, following: Layer | None) -> None:
        """Show one map of ``layer``; ``following`` is the layer after it, to say what a ReLU makes of it."""
        other = self._layer is None or (layer.name, channel) != (self._layer.name, self._channel)
        self._layer, self._channel = layer, channel
        self._next = following if following and _is_relu_of(following, layer) else None
        values = layer.maps()[channel]
        if other:
            self.map.go_to_strongest(values)
        self.map.show_map(values)
        self._work_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side where there is room."""
        super().resizeEvent(event)
        beside = self.width() >= _BESIDE_FROM
        directions = QBoxLayout.Direction
        self._box.setDirection(directions.LeftToRight if beside else directions.TopToBottom)
        side = int(min(max(self.width() * _MAP_SHARE, _MAP[0]), _MAP[1]))
        self.map.setFixedWidth(side if beside else max(side, self.width() - 16))
        self.map.setMaximumHeight(16_777_215 if beside else 150)

    def _work_out(self) -> None:
        layer = self._layer
        if layer is None:
            return
        row, column = self.map.pixel()
        after = ""
        if self._next is not None:
            after = f" {self._next.name} makes {number(float(self._next.maps()[self._channel, row, column]))} of it."
        working = map_working(layer, self._channel, row, column, after)
        self.formula.setText(working.formula)
        self.view.show_working(working)


def _is_relu_of(following: Layer, layer: Layer) -> bool:
    given = following.inputs
    return following.kind == "ReLU" and given is not None and np.array_equal(given, layer.outputs)
