"""The table of runs as a widget."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QFrame, QMenu, QTableView, QWidget

from core.history import RunLine
from gui.history.columns import BEGUN, COLUMNS
from gui.history.table_model import RunTableModel


class RunTable(QTableView):
    """Several rows can be selected; the selection survives sorting, filtering and news."""

    chosen = Signal(list)
    """The selected runs, top to bottom."""

    def __init__(self, actions: list[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("run_table")
        self.setAccessibleName("Runs")
        self.runs = RunTableModel()
        self.setModel(self.runs)
        self._menu_actions = actions
        self._chosen: tuple[str, ...] = ()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("frameless", True)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(round(self.fontMetrics().height() * 1.7))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setSectionsMovable(True)
        for index, column in enumerate(COLUMNS):
            self.setColumnWidth(index, column.width)
        header.setSortIndicator(BEGUN, Qt.SortOrder.DescendingOrder)
        self.setSortingEnabled(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.runs.modelReset.connect(self._select_again)

    def selected(self) -> list[RunLine]:
        """The selected runs, top to bottom."""
        return [self.runs.line(index.row()) for index in sorted(self.selectionModel().selectedRows())]

    def select(self, ids: tuple[str, ...]) -> None:
        """Select these runs, as far as they are listed."""
        self._chosen = ids
        self._select_again()

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tell who listens."""
        super().selectionChanged(selected, deselected)
        lines = self.selected()
        self._chosen = tuple(line.id for line in lines)
        self.chosen.emit(lines)

    def _select_again(self) -> None:
        wanted, chosen = self._chosen, QItemSelection()
        for run in wanted:
            row = self.runs.row_of(run)
            if row >= 0:
                chosen.select(self.runs.index(row, 0), self.runs.index(row, len(COLUMNS) - 1))
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().select(chosen, flags)
        if not chosen.isEmpty():
            first = chosen.indexes()[0]
            self.selectionModel().setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(first)
        self._chosen = wanted if chosen.isEmpty() else self._chosen

    def _show_menu(self, where: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in self._menu_actions:
            menu.addSeparator() if action.isSeparator() else menu.addAction(action)
        menu.popup(self.viewport().mapToGlobal(where))


def action(parent: QWidget, text: str, help: str, keys: str = "") -> QAction:
    """An action with its key in the tooltip, in force while the focus is in ``parent``."""
    made = QAction(text, parent)
    made.setToolTip(f"{help} ({keys})" if keys else help)
    if keys:
        made.setShortcut(QKeySequence(keys))
        made.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    parent.addAction(made)
    return made
