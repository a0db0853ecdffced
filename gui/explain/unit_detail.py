"""The units of a layer, and the arithmetic of the one that was clicked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from core.explain.operations import Layer
from core.views import BarChart
from gui.explain.unit_strip import UnitStrip
from gui.explain.working import unit_working
from gui.views.bar_chart import BarChartWidget

_NO_BARS = BarChart(labels=[], values=np.zeros(0))


class UnitDetail(QWidget):
    """Bars for the units above, the largest products of one of them below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strip = UnitStrip()
        self.products = BarChartWidget()
        self.products.setAccessibleName("The largest products")
        self.formula = QLabel()
        self.formula.setObjectName("unit_formula")
        self.formula.setTextFormat(Qt.TextFormat.PlainText)
        self.formula.setWordWrap(True)
        self.formula.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.formula.setFixedHeight(2 * self.formula.fontMetrics().lineSpacing() + 2)  # so that nothing jumps
        self.formula.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._layer: Layer | None = None
        self._names: tuple[str, ...] = ()
        self._inputs: tuple[str, ...] = ()
        self._unit = 0
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(8, 6, 0, 0)
        column.addWidget(self.formula)
        column.addWidget(self.products, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.strip)
        split.addWidget(below)
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        split.setSizes([150, 260])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(split)
        self.strip.unit_chosen.connect(self.choose)

    def show_layer(self, layer: Layer, names: Sequence[str], inputs: Sequence[str]) -> None:
        """Show a layer's units; ``names`` of the units and ``inputs`` to them where there are some."""
        if self._layer is None or layer.name != self._layer.name or len(names) != len(self._names):
            self._unit = int(np.nan_to_num(layer.outputs).argmax()) if layer.outputs.size else 0
        self._layer, self._names, self._inputs = layer, tuple(names), tuple(inputs)
        self.choose(self._unit)

    def choose(self, unit: int) -> None:
        """Show how this unit's number came about."""
        layer = self._layer
        if layer is None or not layer.outputs.size:
            return
        self._unit = min(unit, layer.outputs.size - 1)
        self.strip.show_units(layer.outputs, self._names, self._unit)
        working = unit_working(layer, self._unit, self._names, self._inputs)
        self.formula.setText(working.formula)
        self.products.show_view(working.products or _NO_BARS)
        self.products.set_notice(working.notice)
        self.products.viewport().update()
