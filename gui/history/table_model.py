"""Ten thousand runs as a table that filters as one types."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from core.history import RunLine
from gui.history.columns import BEGUN, COLUMNS, SETTINGS, differing_settings, haystack, settings_words

Index = QModelIndex | QPersistentModelIndex
MOST_COMPARED = 2000
"""Runs whose settings are compared to say which differ: enough to know, and quick enough to type."""


class RunTableModel(QAbstractTableModel):
    """Rows are the runs that the filter lets through, pinned ones on top, in the order sorted by."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[RunLine] = []
        self._haystacks: list[str] = []
        self._shown: list[RunLine] = []
        self._filter: tuple[str, ...] = ()
        self._show_hidden = False
        self._sorted_by = (BEGUN, Qt.SortOrder.DescendingOrder)
        self._differing: frozenset[str] = frozenset()

    def replace(self, lines: list[RunLine], haystacks: list[str] | None = None) -> None:
        """Take over what there is now; ``haystacks``, one a run, where somebody has made them already."""
        self._lines = lines
        self._haystacks = haystacks or [haystack(line) for line in lines]
        self._arrange()

    def set_filter(self, text: str) -> None:
        """Show the runs in which every word of ``text`` occurs somewhere."""
        self._filter = tuple(text.casefold().split())
        self._arrange()

    def set_show_hidden(self, on: bool) -> None:
        """Whether runs that were hidden are listed, too."""
        self._show_hidden = on
        self._arrange()

    @property
    def hidden(self) -> int:
        """How many runs are not listed because they were hidden."""
        return 0 if self._show_hidden else sum(line.notes.hidden for line in self._lines)

    @property
    def total(self) -> int:
        """How many runs there are, listed or not."""
        return len(self._lines)

    def line(self, row: int) -> RunLine:
        """The run in a row."""
        return self._shown[row]

    def row_of(self, run: str) -> int:
        """The row of the run with that id; -1 where it is not listed."""
        return next((row for row, line in enumerate(self._shown) if line.id == run), -1)

    def rowCount(self, parent: Index | None = None) -> int:
        """How many runs are listed."""
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index | None = None) -> int:
        """The columns are always the same."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, tooltip and alignment of a cell."""
        if not index.isValid():
            return None
        column, line = COLUMNS[index.column()], self._shown[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            text = settings_words(line, self._differing) if index.column() == SETTINGS else column.text(line)
            if role == Qt.ItemDataRole.ToolTipRole and index.column() == 0:
                return f"{text}\n{line.id}" if line.notes.name else text
            return text
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles, with what each column means as tooltip."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title
        if role == Qt.ItemDataRole.ToolTipRole:
            return COLUMNS[section].help
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if COLUMNS[section].number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; a negative one goes back to newest first."""
        self._sorted_by = (column, order) if column >= 0 else (BEGUN, Qt.SortOrder.DescendingOrder)
        self._arrange()

    def _arrange(self) -> None:
        self.beginResetModel()
        lines = [line for line, text in zip(self._lines, self._haystacks, strict=True) if self._passes(line, text)]
        self._differing = differing_settings(lines[:MOST_COMPARED])
        column, order = self._sorted_by
        key = self._settings_key if column == SETTINGS else COLUMNS[column].key
        keyed: list[tuple[Any, RunLine]] = [(key(line), line) for line in lines]
        filled = [pair for pair in keyed if pair[0] is not None]
        filled.sort(key=lambda pair: pair[0], reverse=order == Qt.SortOrder.DescendingOrder)
        # What has no value is neither best nor worst, and pinned runs are on top whatever the order.
        lines = [line for _, line in filled] + [line for value, line in keyed if value is None]
        self._shown = sorted(lines, key=lambda line: not line.notes.pinned)
        self.endResetModel()

    def _passes(self, line: RunLine, text: str) -> bool:
        return (self._show_hidden or not line.notes.hidden) and all(word in text for word in self._filter)

    def _settings_key(self, line: RunLine) -> str | None:
        return settings_words(line, self._differing) or None
