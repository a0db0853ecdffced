"""The most frequent confusions as a list: what a matrix of a hundred classes is too large to show."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

from core.judgement import Report
from core.views import Table
from gui.results.words import percent
from gui.views.table import CopyableTable, TableModel

TITLES = ("true class", "taken for", "pictures", "share of the class")
MOST = 500


class ConfusionsModel(TableModel):
    """The pairs of classes that are confused, the most frequent first unless sorted otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self._pairs: list[tuple[int, int]] = []

    def show_report(self, report: Report) -> bool:
        """Take over the numbers; returns whether the columns are new."""
        wrong = report.confusion * (1 - np.eye(len(report.classes), dtype=np.int64))
        cells = np.flatnonzero(wrong)
        best = cells[np.argsort(-wrong.ravel()[cells], kind="stable")[:MOST]]
        self._pairs = [divmod(int(cell), len(report.classes)) for cell in best]
        rows = []
        for true, predicted in self._pairs:
            number = int(wrong[true, predicted])
            share = percent(number / int(report.support[true]))
            rows.append((report.classes[true], report.classes[predicted], number, share))
        return self.replace(Table(columns=TITLES, rows=rows))

    def pair(self, row: int) -> tuple[int, int]:
        """True and predicted class of a row."""
        return self._pairs[self._order[row]]

    def row_of(self, pair: tuple[int, int]) -> int:
        """The row of two classes; -1 where they are not confused."""
        return next((row for row in range(self.rowCount()) if self.pair(row) == pair), -1)


class Confusions(CopyableTable):
    """A click, or Enter, shows the pictures."""

    chosen = Signal(int, int)
    """True and predicted class."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.pairs = ConfusionsModel()
        super().__init__(self.pairs)
        if parent:
            self.setParent(parent)
        self.setObjectName("confusions")
        self.setAccessibleName("The most frequent confusions")
        self.setTabKeyNavigation(False)
        self.clicked.connect(self._on_clicked)

    def show_report(self, report: Report) -> None:
        """Show these numbers; order and selection stay."""
        current = self.currentIndex()
        pair = self.pairs.pair(current.row()) if current.isValid() else None
        if self.pairs.show_report(report):
            self.fit_columns()
        row = self.pairs.row_of(pair) if pair else -1
        self.selectRow(row) if row >= 0 else self.clearSelection()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies with the titles, Enter shows the pictures."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QApplication.clipboard().setText("\t".join(TITLES) + "\n" + self.selected_text())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._on_clicked(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _on_clicked(self, index: QModelIndex) -> None:
        self.chosen.emit(*self.pairs.pair(index.row()))
