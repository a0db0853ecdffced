"""The layers as they appear: what each gave, and the norm of its gradient once that has arrived."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from core.slow_step.records import LayerCall, OutputGradient, StepRecord
from gui.slow_step.timeline import Timeline
from gui.views.numbers import format_number

TITLES = ("layer", "output", "mean", "gradient")
HELP = (
    "The layers in the order in which the batch goes through them",
    "The shape of what the layer gives for each sample",
    "The mean of all numbers that the layer gives for the batch; more of them in the tooltip of a row",
    "The Euclidean norm of the gradients of the layer's parameters together; – : it has none to learn",
)
LAYER, OUTPUT, NUMBERS, GRADIENT = range(4)
_ROOMY = 400
_Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


class LayerModel(QAbstractTableModel):
    """One row for each use of a layer that has been shown so far."""

    def __init__(self) -> None:
        super().__init__()
        self._record: StepRecord | None = None
        self._rows = 0

    def show_step(self, timeline: Timeline | None, position: int) -> None:
        """Show the step as it was after so many moments."""
        rows = timeline.calls(position) if timeline else 0
        if timeline is None or self._others_than(timeline.record, rows):
            self.beginResetModel()
            self._record, self._rows = None, 0
            self.endResetModel()
        if timeline is None:
            return
        shown = timeline.record.arrivals[: timeline.arrivals(position)]
        changes = timeline.record.changes if timeline.updated(position) else {}
        record = replace(timeline.record, arrivals=shown, changes=changes)
        if rows > self._rows:
            self.beginInsertRows(QModelIndex(), self._rows, rows - 1)
            self._record, self._rows = record, rows
            self.endInsertRows()
        elif rows < self._rows:
            self.beginRemoveRows(QModelIndex(), rows, self._rows - 1)
            self._record, self._rows = record, rows
            self.endRemoveRows()
        self._record = record
        if rows:
            self.dataChanged.emit(self.index(0, GRADIENT), self.index(rows - 1, GRADIENT))

    def _others_than(self, record: StepRecord, rows: int) -> bool:
        """Whether what is shown is of another step, or of the same one before it was begun anew."""
        known = self._record.calls[: min(rows, self._rows)] if self._record else ()
        return any(ours is not theirs for ours, theirs in zip(known, record.calls, strict=False))

    def rowCount(self, parent: _Index = NOWHERE) -> int:
        """How many uses of layers are shown."""
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: _Index = NOWHERE) -> int:
        """Layer, output, numbers, gradient."""
        return 0 if parent.isValid() else len(TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a column is called, and what it says."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.ToolTipRole:
            return HELP[section]
        return TITLES[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell in words."""
        if not index.isValid() or self._record is None:
            return None
        call, column = self._record.calls[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cell(call, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(call, index.row())
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (NUMBERS, GRADIENT):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _cell(self, call: LayerCall, column: int) -> str:
        assert self._record is not None
        if column == LAYER:
            return call.title
        if column == OUTPUT:
            return "×".join(map(str, call.sample_shape)) or "a number"
        if column == NUMBERS:
            return format_number(call.numbers.mean, 2)
        norm = self._record.gradient_norm(call)
        if norm is None:
            return "None" if call.parameters else "–"
        return format_number(norm, 3)

    def _tip(self, call: LayerCall, row: int) -> str:
        assert self._record is not None
        numbers = call.numbers
        between = f"from {format_number(numbers.least, 3)} to {format_number(numbers.largest, 3)}"
        shape = "×".join(map(str, call.shape)) or "a number"
        lines = [f"{call.title} ({call.kind}) gives {shape} for the batch", f"{between}, {numbers.zeros:.1%} are 0"]
        lines.append(f"mean {format_number(numbers.mean)}, standard deviation {format_number(numbers.std)}")
        lines += [
            f"norm of the gradient of its output: {format_number(arrival.norm, 3)}"
            for arrival in self._record.arrivals
            if isinstance(arrival, OutputGradient) and arrival.call == row
        ]
        changes = [self._record.changes[name] for name in call.parameters if name in self._record.changes]
        if changes:
            lines.append(f"norm of the update of its weights: {format_number(math.hypot(*changes), 3)}")
        return "\n".join(lines)


class LayerTable(QTableView):
    """The row that a moment is about is chosen by itself; a person may choose any."""

    layer_chosen = Signal(int)
    """The place of the use of a layer in the record."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("slow_layers")
        self.setAccessibleName("Layers of the step that is taken apart")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        self.layers = LayerModel()
        self.setModel(self.layers)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        # Not by their contents: measuring hundreds of rows at each moment would be felt.
        room = self.fontMetrics().horizontalAdvance
        for column, widest in ((OUTPUT, "64×16×16"), (NUMBERS, "−8.8e−08"), (GRADIENT, "gradient")):
            header.resizeSection(column, room(widest) + 26)
        header.setSectionResizeMode(LAYER, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(56)
        self.setTextElideMode(Qt.TextElideMode.ElideLeft)
        self.selectionModel().currentRowChanged.connect(lambda now, _before: self._on_row(now.row()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The means only where they leave room for the names; they are in the tooltips, too."""
        self.setColumnHidden(NUMBERS, event.size().width() < _ROOMY)
        super().resizeEvent(event)

    def show_step(self, timeline: Timeline | None, position: int) -> None:
        """Show the step as it was after so many moments, and choose the row that the last one is about."""
        self.layers.show_step(timeline, position)
        moment = timeline.moments[position - 1] if timeline and position else None
        if moment is not None and moment.call is not None:
            self.choose(moment.call)
        elif not self.currentIndex().isValid() and self.layers.rowCount():
            self.choose(0)

    def choose(self, row: int) -> None:
        """Choose a row and show it."""
        index = self.layers.index(row, LAYER)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.scrollTo(index)

    def chosen(self) -> int:
        """The row that is chosen, -1 where there is none."""
        return self.currentIndex().row()

    def _on_row(self, row: int) -> None:
        if row >= 0:
            self.layer_chosen.emit(row)
