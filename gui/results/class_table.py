"""The table of classes: bars in the cells, a little curve over the epochs, and copying."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPalette,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QApplication, QMenu, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from core.judgement import Report
from gui.results.class_model import CONFUSED, EXPORTED, NAME, SHARES, SUPPORT, TITLES, TREND, ClassModel, TrendRows
from gui.results.colours import right_colour, tint
from gui.views.table import CopyableTable

_BAR = 0.3
_TITLE_PAD = 17
_MOST_DRAWN = 120
_WIDTHS = {TREND: 64, CONFUSED: 100, SUPPORT: 60} | dict.fromkeys(SHARES, 62)


class ClassTable(CopyableTable):
    """A click on a class, or Enter, shows its mistakes; a click on a heading sorts."""

    chosen = Signal(int)
    """The class whose mistakes shall be shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.classes = ClassModel()
        super().__init__(self.classes)
        self.setParent(parent) if parent else None
        self.setObjectName("class_table")
        self.setAccessibleName("Accuracy, precision and recall of each class")
        self.setItemDelegate(_ClassCells(self))
        self.setSelectionMode(self.SelectionMode.ExtendedSelection)
        self.setTabKeyNavigation(False)
        self.clicked.connect(self._on_clicked)

    def show_report(self, report: Report, trend: TrendRows) -> None:
        """Show these numbers; order, selection and scroll position stay."""
        selected = {self.classes.class_of(index.row()) for index in self.selectionModel().selectedRows()}
        current = self.currentIndex()
        current_class = self.classes.class_of(current.row()) if current.isValid() else -1
        if self.classes.show_report(report, trend):
            self._fit(report)
        flag = QItemSelectionModel.SelectionFlag
        self.selectionModel().clearSelection()
        for index in selected:
            row = self.classes.row_of(index)
            if row >= 0:
                place = self.classes.index(row, 0)
                self.selectionModel().select(place, flag.Select | flag.Rows)
        row = self.classes.row_of(current_class)
        if row >= 0:
            self.selectionModel().setCurrentIndex(self.classes.index(row, max(0, current.column())), flag.NoUpdate)

    def copy(self, *, everything: bool) -> None:
        """Put the selected rows, or all, on the clipboard: a line of titles, then a line a class, with tabs."""
        if everything:
            self.clearSelection()
        QApplication.clipboard().setText("\t".join(_title(column) for column in EXPORTED) + "\n" + self.selected_text())

    def selected_text(self) -> str:
        """The selected rows without the little curves: tabs between columns; without a selection all rows."""
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        rows = rows or list(range(self.classes.rowCount()))
        return "\n".join("\t".join(self.classes.plain(row, column) for column in EXPORTED) for row in rows)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies, Enter shows the mistakes of the class."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy(everything=False)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._on_clicked(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be copied."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        rows = menu.addAction("Copy selected classes\tCtrl+C", lambda: self.copy(everything=False))
        rows.setEnabled(self.selectionModel().hasSelection())
        menu.addAction("Copy the whole table", lambda: self.copy(everything=True))
        menu.popup(event.globalPos())

    def _on_clicked(self, index: QModelIndex) -> None:
        self.chosen.emit(self.classes.class_of(index.row()))

    def _fit(self, report: Report) -> None:
        metrics, title_font = self.fontMetrics(), QFont(self.font())
        title_font.setBold(True)
        for column, width in _WIDTHS.items():
            lines = (QFontMetrics(title_font).horizontalAdvance(line) for line in TITLES[column].split("\n"))
            self.setColumnWidth(column, max(width, max(lines) + _TITLE_PAD))
        names = max((metrics.horizontalAdvance(name[:60]) for name in report.classes[:500]), default=0)
        self.setColumnWidth(NAME, min(max(names + 24, 64), 200))


def _title(column: int) -> str:
    return TITLES[column].replace("\n", " ")


class _ClassCells(QStyledItemDelegate):
    """Draws shares as bars behind their numbers, and the epochs as a little curve."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """A bar or a curve under the text of the cell."""
        selected = bool(option.state & option.state.State_Selected)
        if index.column() == TREND:
            super().paint(painter, option, index)
            _draw_curve(painter, option, index.data(Qt.ItemDataRole.UserRole), selected)
            return
        share = index.data(Qt.ItemDataRole.UserRole) if index.column() in SHARES else math.nan
        if isinstance(share, float) and not math.isnan(share) and not selected:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            area = QRectF(option.rect).adjusted(3, 3, -3, -3)
            area.setWidth(area.width() * share)
            palette = option.palette
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tint(palette, right_colour(palette), _BAR))
            painter.drawRoundedRect(area, 3, 3)
            painter.restore()
        super().paint(painter, option, index)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As wide as the text, at least as wide as is comfortable."""
        return super().sizeHint(option, index).expandedTo(QSize(60, 0))


def _draw_curve(painter: QPainter, option: QStyleOptionViewItem, shares: NDArray[np.float64], selected: bool) -> None:
    """The accuracies from the first epoch to the newest, from 0 at the bottom to 1 at the top."""
    known = shares[np.isfinite(shares)]
    if not len(known):
        return
    known = known[np.linspace(0, len(known) - 1, min(len(known), _MOST_DRAWN)).astype(int)]
    area = QRectF(option.rect).adjusted(8, 4, -10, -4)
    palette = option.palette
    role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Accent
    points = [
        QPointF(area.left() + area.width() * place, area.bottom() - area.height() * float(share))
        for place, share in zip(np.linspace(0, 1, max(2, len(known))), known, strict=False)
    ]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(palette.color(role), 1.5))
    painter.drawPolyline(QPolygonF(points))
    painter.setBrush(palette.color(role))
    painter.drawEllipse(points[-1], 2, 2)
    painter.restore()
