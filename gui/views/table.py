"""Rows of cells that can be sorted and copied."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QPalette
from PySide6.QtWidgets import QAbstractItemView, QApplication, QFrame, QLabel, QStackedLayout, QTableView, QWidget

from core.views import Table
from gui.views.numbers import format_number

Cell = str | int | float
_WIDEST_COLUMN = 320
_ROWS_MEASURED = 60
_LARGEST = 10**300


class TableModel(QAbstractTableModel):
    """The cells of a :class:`~core.views.Table` in the order that the user sorted them into."""

    def __init__(self) -> None:
        super().__init__()
        self._columns: tuple[str, ...] = ()
        self._rows: Sequence[Sequence[Any]] = ()
        self._order: list[int] = []
        self._sorted_by: tuple[int, Qt.SortOrder] | None = None

    def replace(self, view: Table) -> bool:
        """Take over the cells of ``view``, sorted as before; returns whether the columns have changed."""
        columns = tuple(str(column) for column in view.columns)
        same_shape = columns == self._columns and len(view.rows) == len(self._rows)
        changed = columns != self._columns
        if not same_shape:
            self.beginResetModel()
        if changed:
            self._sorted_by = None
        self._columns, self._rows = columns, view.rows
        self._arrange()
        if not same_shape:
            self.endResetModel()
        elif self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))
        return changed

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        """How many rows there are."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        """How many columns there are."""
        return 0 if parent is not None and parent.isValid() else len(self._columns)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text of a cell and its alignment: numbers to the right."""
        if not index.isValid():
            return None
        cell = self._rows[self._order[index.row()]][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return format_number(cell) if _is_number(cell) else str(cell)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if _is_number(cell) else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of the columns, aligned like the cells of the first row."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and self._rows:
            return self.data(self.index(0, section), role)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by ``column``: numbers before texts, NaN last; a negative column restores the order of the view."""
        self.layoutAboutToBeChanged.emit()
        self._sorted_by = (column, order) if 0 <= column < len(self._columns) else None
        self._arrange()
        self.layoutChanged.emit()

    def plain(self, row: int, column: int) -> str:
        """A cell as it is copied: numbers unrounded and without separators."""
        cell = self._rows[self._order[row]][column]
        return str(cell).replace("\t", " ").replace("\n", " ")

    def _arrange(self) -> None:
        self._order = list(range(len(self._rows)))
        if self._sorted_by is not None:
            column, order = self._sorted_by
            falls = order == Qt.SortOrder.DescendingOrder
            self._order.sort(key=lambda row: _sort_key(self._rows[row][column]), reverse=falls)
            # Stays last in both directions: a missing value is neither the best nor the worst.
            self._order.sort(key=lambda row: _is_nan(self._rows[row][column]))


class TableWidget(QWidget):
    """Draws a :class:`~core.views.Table`; a click on a heading sorts, Ctrl+C copies the selected cells."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = TableModel()
        self.table = CopyableTable(self.model)
        self._empty = QLabel("There are no rows in this view.")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._layout = QStackedLayout(self)
        self._layout.addWidget(self.table)
        self._layout.addWidget(self._empty)

    def show_view(self, view: Table) -> None:
        """Show ``view``; order, scroll position and column widths stay while the columns are the same."""
        if self.model.replace(view):
            self.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            self.table.fit_columns()
        self._layout.setCurrentWidget(self.table if self.model.rowCount() else self._empty)

    def notice(self) -> str:
        """The sentence shown instead of rows, if there are none."""
        return "" if self.model.rowCount() else self._empty.text()


class CopyableTable(QTableView):
    """A quiet table whose selection can be copied as tab-separated text."""

    def __init__(self, model: TableModel) -> None:
        super().__init__()
        self._model = model
        self.setModel(model)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("frameless", True)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(round(self.fontMetrics().height() * 1.7))
        header = self.horizontalHeader()
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setResizeContentsPrecision(_ROWS_MEASURED)
        self.setSortingEnabled(True)

    def fit_columns(self) -> None:
        """Make each column as wide as its cells, within reason."""
        self.resizeColumnsToContents()
        for column in range(self._model.columnCount()):
            self.setColumnWidth(column, min(self.columnWidth(column), _WIDEST_COLUMN))

    def selected_text(self) -> str:
        """The selected cells: tabs between columns, a line a row; without a selection the whole table."""
        indexes = self.selectionModel().selectedIndexes()
        rows = sorted({index.row() for index in indexes}) or range(self._model.rowCount())
        columns = range(self._model.columnCount())
        return "\n".join("\t".join(self._model.plain(row, column) for column in columns) for row in rows)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QApplication.clipboard().setText(self.selected_text())
        else:
            super().keyPressEvent(event)


def _is_number(cell: Any) -> bool:
    if isinstance(cell, int):
        # An integer beyond all floats is shown as the text that it is.
        return not isinstance(cell, bool) and abs(cell) < _LARGEST
    return isinstance(cell, Real)


def _is_nan(cell: Any) -> bool:
    return _is_number(cell) and math.isnan(cell)


def _sort_key(cell: Any) -> tuple[bool, float, str]:
    if not _is_number(cell):
        return True, 0.0, str(cell).casefold()
    return False, 0.0 if math.isnan(cell) else float(cell), ""
