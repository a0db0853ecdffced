"""The layers as rows: each measure as a number with a little curve, and coloured where something is wrong."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from core.events import HealthMeasured
from core.health.history import HealthHistory
from core.health.words import Finding
from core.views import Table
from gui.health.measures import MEASURES
from gui.results.colours import tint, wrong_colour
from gui.views.table import CopyableTable, TableModel

NAME = 0
_TITLES = ("layer", *(measure.column for measure in MEASURES))
_HELP = ("In the order in which they compute", *(measure.help for measure in MEASURES))
_MOST_DRAWN = 60
_LEAST_CURVE, _MOST_CURVE, _BESIDE = 18, 52, 30
"""Px of a cell's curve, and what stays free beside curve and number."""
_MILD, _SERIOUS = 0.22, 0.45
_MARK = 5
"""Px of the strip that says of a chosen row what the colour says of the others."""
_COLUMN, _WIDEST_NAME = 114, 190


class LayerModel(TableModel):
    """One row a layer; a cell's ``UserRole`` is the curve of its values so far, to be drawn from 0 to 1."""

    def __init__(self) -> None:
        super().__init__()
        self._event: HealthMeasured | None = None
        self._curves: dict[str, NDArray[np.float32]] = {}
        self._ill: dict[tuple[str, str], bool] = {}

    def show_health(self, history: HealthHistory, findings: Sequence[Finding]) -> bool:
        """Take over the newest numbers; returns whether the layers are others."""
        event = history.newest
        if event is None:
            return False
        others = self._event is None or self._event.layers != event.layers
        self._event = event
        chosen = np.linspace(0, len(history.steps) - 1, min(_MOST_DRAWN, len(history.steps))).astype(np.intp)
        self._curves = {measure.field: history.numbers(measure.field)[chosen] for measure in MEASURES}
        self._ill = {}
        for finding in findings:
            for layer in finding.layers:
                key = (layer, finding.measure)
                self._ill[key] = self._ill.get(key, False) or finding.serious
        columns = [getattr(event, measure.field).tolist() for measure in MEASURES]
        rows = [(name, *values) for name, *values in zip(event.layers, *columns, strict=True)]
        self.replace(Table(columns=_TITLES, rows=rows))
        return others

    def clear(self) -> None:
        """No layers."""
        self._event = None
        self.replace(Table(columns=_TITLES, rows=()))

    def layer_of(self, row: int) -> int:
        """The layer in a row."""
        return self._order[row]

    def row_of(self, layer: int) -> int:
        """The row of a layer; -1 where there is none."""
        return self._order.index(layer) if layer in self._order else -1

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Numbers as their measure writes them; what is frozen or ill says so."""
        if not index.isValid() or self._event is None:
            return None
        layer, column = self._order[index.row()], index.column()
        if column == NAME:
            return self._about(layer) if role == Qt.ItemDataRole.ToolTipRole else super().data(index, role)
        measure = MEASURES[column - 1]
        if role == Qt.ItemDataRole.DisplayRole:
            value = float(self._rows[layer][column])
            frozen = measure.field == "gradient_norm" and math.isnan(value) and not self._event.trained[layer]
            return "frozen" if frozen else measure.written(value)
        if role == Qt.ItemDataRole.UserRole:
            return _drawn(self._curves[measure.field][:, layer], log=measure.log)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(layer, column)
        return super().data(index, role)

    def illness(self, row: int, column: int) -> float:
        """How strongly a cell is to be coloured, 0: not at all."""
        if column == NAME or self._event is None:
            return 0.0
        serious = self._ill.get((self._event.layers[self._order[row]], MEASURES[column - 1].field))
        return 0.0 if serious is None else _SERIOUS if serious else _MILD

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The titles, with what each means as tooltip."""
        if role == Qt.ItemDataRole.ToolTipRole and orientation == Qt.Orientation.Horizontal:
            return _HELP[section]
        return super().headerData(section, orientation, role)

    def _about(self, layer: int) -> str:
        event = self._event
        assert event is not None
        frozen = "" if event.trained[layer] else ", frozen"
        return f"{event.layers[layer]}: {event.kinds[layer]}, {int(event.sizes[layer]):,} weights{frozen}"

    def _tip(self, layer: int, column: int) -> str:
        event, measure = self._event, MEASURES[column - 1]
        assert event is not None
        value = float(self._rows[layer][column])
        if math.isnan(value):
            return measure.none or (
                "frozen: it is not trained" if not event.trained[layer] else "no gradient came here"
            )
        if measure.field == "dead":
            units = int(event.units[layer])
            return f"{round(value * units):,} of {units:,} units of {event.layers[layer]} are dead"
        return f"{event.layers[layer]}, {measure.title.lower()}: {value:.6g} after step {event.step:,}"


class LayerTable(CopyableTable):
    """A click on a cell, or the arrow keys, choose a layer and a measure."""

    chosen = Signal(int, str)
    """A layer, and the measure (its field, "" for the name) whose curves are wanted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.layers = LayerModel()
        super().__init__(self.layers)
        if parent is not None:
            self.setParent(parent)
        self.setObjectName("health_table")
        self.setAccessibleName("Gradients, updates, weights and dead units of each layer")
        self.setItemDelegate(_Cells(self))
        self.setSelectionMode(self.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.horizontalHeader().setStretchLastSection(False)
        self._telling, self._layer = True, 0
        self.selectionModel().currentChanged.connect(self._on_current)
        self.layers.layoutChanged.connect(self._restore)  # sorted anew, the row is another layer's

    def show_health(self, history: HealthHistory, findings: Sequence[Finding]) -> None:
        """Show the newest numbers; the order and the chosen cell stay."""
        if self.layers.show_health(history, findings):
            self._fit(history)
            self._layer = 0
        for column, measure in enumerate(MEASURES, 1):
            self.setColumnHidden(column, not np.isfinite(history.numbers(measure.field)).any())
        self._restore()

    def clear(self) -> None:
        """Show no layers."""
        self.layers.clear()

    def selected_text(self) -> str:
        """The whole table, with tabs: a single row says little."""
        rows, columns = range(self.layers.rowCount()), range(len(_TITLES))
        lines = ["\t".join(_TITLES)]
        return "\n".join(lines + ["\t".join(self.layers.plain(row, column) for column in columns) for row in rows])

    def _restore(self) -> None:
        """The chosen layer is the current row, wherever it stands now."""
        row, current = self.layers.row_of(self._layer), self.currentIndex()
        if row >= 0 and row != current.row():
            self._telling = False
            self.setCurrentIndex(self.layers.index(row, max(NAME, current.column())))
            self._telling = True

    def _on_current(self, current: QModelIndex) -> None:
        if self._telling and current.isValid():
            field = MEASURES[current.column() - 1].field if current.column() > NAME else ""
            self._layer = self.layers.layer_of(current.row())
            self.chosen.emit(self._layer, field)

    def _fit(self, history: HealthHistory) -> None:
        metrics = self.fontMetrics()
        longest = max((metrics.horizontalAdvance(name[:60]) for name in history.layers[:500]), default=0)
        self.setColumnWidth(NAME, min(max(longest + 26, 70), _WIDEST_NAME))
        for column, measure in enumerate(MEASURES, 1):
            self.setColumnWidth(column, max(_COLUMN, metrics.horizontalAdvance(measure.column) + 34))


class _Cells(QStyledItemDelegate):
    """A colour where something is wrong, and the curve of the values so far at the left."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Ground, text, curve."""
        model = index.model()
        assert isinstance(model, LayerModel)
        selected = bool(option.state & option.state.State_Selected)
        illness = model.illness(index.row(), index.column())
        colour = wrong_colour(option.palette)
        if illness and not selected:
            painter.fillRect(option.rect, tint(option.palette, colour, illness))
        super().paint(painter, option, index)
        if illness and selected:
            painter.fillRect(option.rect.adjusted(0, 2, _MARK - option.rect.width(), -2), colour)
        curve = index.data(Qt.ItemDataRole.UserRole)
        if curve is not None and len(curve) > 1:
            text = option.fontMetrics.horizontalAdvance(str(index.data()))
            _draw_curve(painter, option, curve, option.rect.width() - text - _BESIDE, selected)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As wide as the text, at least as wide as is comfortable."""
        return super().sizeHint(option, index).expandedTo(QSize(60, 0))


def _drawn(values: NDArray[np.float32], *, log: bool) -> NDArray[np.float64]:
    """From 0 at the bottom of the cell to 1 at its top; shares as they are, others from the least to the largest."""
    known = values[np.isfinite(values)].astype(np.float64)
    if not log:
        return known
    known = np.log10(known[known > 0])
    if not len(known):
        return known
    low, high = float(known.min()), float(known.max())
    middle, span = (low + high) / 2, max(high - low, 0.5)  # less than a factor of three is nearly flat
    return np.asarray((known - middle) / span + 0.5)


def _draw_curve(
    painter: QPainter, option: QStyleOptionViewItem, heights: NDArray[np.float64], room: int, selected: bool
) -> None:
    """Within ``room`` px at the left, if it is enough to see anything."""
    if room < _LEAST_CURVE:
        return
    area = QRectF(option.rect).adjusted(8, 5, 0, -5)
    area.setWidth(min(room, _MOST_CURVE))
    palette = option.palette
    role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Accent
    places = np.linspace(area.left(), area.right(), len(heights))
    line = [QPointF(x, area.bottom() - area.height() * y) for x, y in zip(places, heights, strict=True)]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(palette.color(role), 1.2))
    painter.drawPolyline(QPolygonF(line))
    painter.restore()
