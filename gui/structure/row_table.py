"""The table of layers."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QApplication, QFrame, QMenu, QTreeView, QWidget

from core.structure import LayerRow, Structure
from gui.structure.row_model import COLUMNS, RowModel, comma_separated, tab_separated


class RowTable(QTreeView):
    """One row a layer; blocks open and close; Ctrl+C copies the selected rows, or all of them."""

    row_chosen = Signal(str)
    """The id of the row that is the current one now."""
    opened_changed = Signal()
    """A block was opened or closed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("structure_table")
        self.setAccessibleName("Layers of the network")
        self.rows = RowModel(self)
        self.setModel(self.rows)
        self._structure: Structure | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("frameless", True)
        self.setAlternatingRowColors(True)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setIndentation(14)
        header = self.header()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        for place, column in enumerate(COLUMNS):
            self.setColumnWidth(place, column.width)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.expanded.connect(lambda _index: self.opened_changed.emit())
        self.collapsed.connect(lambda _index: self.opened_changed.emit())

    def show_structure(self, structure: Structure | None, opened: Collection[str] = ()) -> None:
        """Show these rows with these blocks open; the current row stays where there is one of that id."""
        current = self.current()
        self._structure = structure
        with QSignalBlocker(self):
            self.rows.show(structure)
            self.setRootIsDecorated(structure is not None and any(row.is_block for row in structure.rows))
            for block in opened:
                self.setExpanded(self.rows.index_of(block), True)
            if current:
                self.choose(current)

    def opened(self) -> frozenset[str]:
        """The ids of the blocks that are open."""
        rows = self._structure.rows if self._structure else ()
        return frozenset(row.id for row in rows if row.is_block and self.isExpanded(self.rows.index_of(row.id)))

    def set_opened(self, block: str, opened: bool) -> None:
        """Open or close a block."""
        self.setExpanded(self.rows.index_of(block), opened)

    def set_all_opened(self, opened: bool) -> None:
        """Open or close all blocks at once."""
        with QSignalBlocker(self):
            self.expandAll() if opened else self.collapseAll()
        self.opened_changed.emit()

    def current(self) -> str:
        """The id of the current row, "" where there is none."""
        row = self.rows.row_at(self.currentIndex())
        return row.id if row else ""

    def choose(self, id: str) -> None:
        """Make a row the current one, and bring it into view."""
        index = self.rows.index_of(id)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(index, flags)
        if index.isValid():
            self.scrollTo(index)

    def selected(self) -> list[LayerRow]:
        """The selected rows in the order of the table; without a selection all of them, also in closed blocks."""
        chosen = {index.internalId() for index in self.selectionModel().selectedRows()}
        rows = self._structure.rows if self._structure else ()
        return [row for number, row in enumerate(rows) if number in chosen or len(chosen) < 1]

    def copy(self, *, as_csv: bool = False) -> None:
        """Put the selected rows, or of a single one all, on the clipboard."""
        rows = self.selected()
        if len(rows) == 1 and self._structure:  # the current row is always selected: that is no choice of rows
            rows = list(self._structure.rows)
        QApplication.clipboard().setText(comma_separated(rows) if as_csv else tab_separated(rows))

    def currentChanged(self, current: QModelIndex | QPersistentModelIndex, previous: object) -> None:
        """Tell who listens."""
        super().currentChanged(current, previous)  # type: ignore[arg-type]
        row = self.rows.row_at(current)
        if row is not None:
            self.row_chosen.emit(row.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def _show_menu(self, where: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, does in (
            ("Copy as text\tCtrl+C", self.copy),
            ("Copy as CSV", lambda: self.copy(as_csv=True)),
            ("Open all blocks", lambda: self.set_all_opened(True)),
            ("Close all blocks", lambda: self.set_all_opened(False)),
        ):
            action = QAction(text, menu)
            action.triggered.connect(lambda _checked=False, does=does: does())
            menu.addAction(action)
        menu.popup(self.viewport().mapToGlobal(where))
