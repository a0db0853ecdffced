"""The numbers of each class as rows of a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt

from core.judgement import Report
from core.views import Table
from gui.results.words import percent
from gui.views.table import TableModel

NAME, ACCURACY, TREND, PRECISION, F1, CONFUSED, SUPPORT = range(7)
SHARES = (ACCURACY, PRECISION, F1)
EXPORTED = (NAME, ACCURACY, PRECISION, F1, CONFUSED, SUPPORT)
TITLES = ("class", "accuracy\n= recall", "trend", "precision", "F1", "most often\ntaken for", "pictures")
HELP = (
    "The true class",
    "The share of the pictures of this class that is recognised; this is also called recall",
    "The accuracy of this class on the validation part after each epoch; sorts by its change over the last three",
    "The share that is right of all pictures that were taken for this class",
    "The harmonic mean of precision and recall: high only where both are",
    "The class that most of the mistakes with this class were taken for, and how many were",
    "How many pictures of this part truly are of this class",
)
TrendRows = Sequence[NDArray[np.float64]]
_RECENT = 3


class ClassModel(TableModel):
    """One row a class; the raw value of a cell is its ``UserRole``, that of ``TREND`` the accuracies so far."""

    def __init__(self) -> None:
        super().__init__()
        self._trend: NDArray[np.float64] = np.zeros((0, 0))

    def show_report(self, report: Report, trend: TrendRows) -> bool:
        """Take over the numbers, sorted as before; ``trend``: for each epoch the accuracy of each class.

        Returns whether the columns are new.
        """
        fitting = [row for row in trend if len(row) == len(report.classes)]
        self._trend = np.stack(fitting, axis=1) if fitting else np.zeros((len(report.classes), 0))
        rows = [_row(report, index, self._trend[index]) for index in range(len(report.classes))]
        return self.replace(Table(columns=TITLES, rows=rows))

    def class_of(self, row: int) -> int:
        """The class in a row."""
        return self._order[row]

    def row_of(self, index: int) -> int:
        """The row of a class; -1 where there is none."""
        return self._order.index(index) if index in self._order else -1

    def trend(self, row: int) -> NDArray[np.float64]:
        """The accuracy after each epoch of the class in a row."""
        values: NDArray[np.float64] = self._trend[self._order[row]]
        return values

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Shares in percent, and as numbers for who draws them."""
        if not index.isValid():
            return None
        cell = self._rows[self._order[index.row()]][index.column()]
        if role == Qt.ItemDataRole.UserRole:
            return self.trend(index.row()) if index.column() == TREND else cell
        if role == Qt.ItemDataRole.DisplayRole and index.column() in SHARES:
            return percent(cell)
        if role == Qt.ItemDataRole.DisplayRole and index.column() == TREND:
            return ""
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(index.row(), index.column())
        return super().data(index, role)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The titles, with what each means as tooltip."""
        if role == Qt.ItemDataRole.ToolTipRole and orientation == Qt.Orientation.Horizontal:
            return HELP[section]
        return super().headerData(section, orientation, role)

    def _tip(self, row: int, column: int) -> str | None:
        if column == TREND and len(self.trend(row)):
            return (
                f"{percent(float(self.trend(row)[0]))} after the first epoch, {percent(float(self.trend(row)[-1]))} now"
            )
        return str(self._rows[self._order[row]][column])[:300] if column in (NAME, CONFUSED) else None


def _row(report: Report, index: int, trend: NDArray[np.float64]) -> tuple[str | int | float, ...]:
    wrong = report.confusion[index].copy()
    wrong[index] = 0
    worst = int(wrong.argmax()) if wrong.size else 0
    confused = f"{report.classes[worst]} ({wrong[worst]:,})" if wrong[worst] else "–"
    recent = trend[-_RECENT:]
    change = float(recent[-1] - recent[0]) if len(recent) else math.nan
    recall, precision, f1 = (float(values[index]) for values in (report.recall, report.precision, report.f1))
    return report.classes[index], recall, change, precision, f1, confused, int(report.support[index])
