"""The rows of a structure for a tree view, and as text."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from core.structure import LayerRow, Structure, shapes_text

Index: TypeAlias = QModelIndex | QPersistentModelIndex
_NOTHING = QModelIndex()


@dataclass(frozen=True)
class Column:
    """``width``: pixels; ``number``: aligned to the right."""

    title: str
    help: str
    width: int
    number: bool = False

    def exact(self, row: LayerRow) -> str:
        """The cell as it is copied: numbers without separators."""
        if self.title == "Layer":
            return row.id
        return _cell(row, self.title).replace(",", "") if self.number else _cell(row, self.title)


COLUMNS = (
    Column("Layer", "Its name in the model; a block opens and closes", 88),
    Column("Kind", "The class of the module, or the function that forward calls", 92),
    Column("Input", "Shape of what it is given for one sample", 84),
    Column("Output", "Shape of what it gives for one sample", 84),
    Column("Parameters", "Numbers that it learns: weights and biases", 94, number=True),
    Column("Multiply-adds", "Multiplications, each with an addition, for one sample", 110, number=True),
    Column("Arithmetic", "How shape, parameters and multiply-adds come about", 90),
)


class RowModel(QAbstractItemModel):
    """A tree of rows; nothing is copied, so that the largest network is there at once."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._structure: Structure | None = None
        self._rows: tuple[LayerRow, ...] = ()
        self._numbers: dict[str, int] = {}
        self._places: dict[str, int] = {}

    def show(self, structure: Structure | None) -> None:
        """Show these rows in place of the others."""
        self.beginResetModel()
        self._structure = structure
        self._rows = structure.rows if structure else ()
        self._numbers = {row.id: number for number, row in enumerate(self._rows)}
        siblings = structure.children.values() if structure else ()
        self._places = {row.id: place for rows in siblings for place, row in enumerate(rows)}
        self.endResetModel()

    def row_at(self, index: Index) -> LayerRow | None:
        """The row that an index stands for."""
        return self._rows[index.internalId()] if index.isValid() else None

    def index_of(self, id: str, column: int = 0) -> QModelIndex:
        """Where a row is; invalid where it is not."""
        if id not in self._numbers:
            return _NOTHING
        return self.createIndex(self._places[id], column, self._numbers[id])

    def rowCount(self, parent: Index = _NOTHING) -> int:
        """How many rows are right inside."""
        return 0 if parent.column() > 0 else len(self._inside(parent))

    def columnCount(self, parent: Index = _NOTHING) -> int:
        """How many columns there are."""
        return len(COLUMNS)

    def index(self, row: int, column: int, parent: Index = _NOTHING) -> QModelIndex:
        """The index of a cell."""
        inside = self._inside(parent)
        if not (0 <= row < len(inside) and 0 <= column < len(COLUMNS)):
            return _NOTHING
        return self.createIndex(row, column, self._numbers[inside[row].id])

    def parent(self, index: Index = _NOTHING) -> Any:
        """The block that a row is in."""
        row = self.row_at(index)
        return self.index_of(row.block) if row is not None and row.block else _NOTHING

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, alignment and tooltip of a cell; blocks are in bold."""
        row = self.row_at(index)
        if row is None:
            return None
        column = COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return _cell(row, column.title)
        if role == Qt.ItemDataRole.TextAlignmentRole and column.number:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(row)
        if role == Qt.ItemDataRole.FontRole and row.is_block and index.column() == 0:
            font = QFont()
            font.setBold(True)
            return font
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of the columns, aligned like their cells, and what they mean."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return {Qt.ItemDataRole.DisplayRole: column.title, Qt.ItemDataRole.ToolTipRole: column.help}.get(
            Qt.ItemDataRole(role)
        )

    def _inside(self, parent: Index) -> Sequence[LayerRow]:
        if self._structure is None:
            return ()
        block = self.row_at(parent)
        return self._structure.children.get(block.id if block else "", ())


def tip(row: LayerRow) -> str:
    """All that is known of a row, with units, a line each."""
    lines = [f"{row.name}: {row.kind}" if row.name != row.kind else row.kind]
    if row.calls:
        lines.append(f"{shapes_text(row.inputs)} → {shapes_text(row.outputs)}, for one sample")
    lines.append(f"{row.parameters:,} parameters, {row.multiply_adds:,} multiply-adds for one sample")
    return "\n".join([*lines, *row.arithmetic])


def tab_separated(rows: Sequence[LayerRow]) -> str:
    """The rows with their headings, tabs between the cells."""
    return "\n".join("\t".join(cells) for cells in _cells(rows))


def comma_separated(rows: Sequence[LayerRow]) -> str:
    """The same as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(_cells(rows))
    return text.getvalue()


def _cells(rows: Sequence[LayerRow]) -> list[list[str]]:
    return [[column.title for column in COLUMNS], *([column.exact(row) for column in COLUMNS] for row in rows)]


def _cell(row: LayerRow, title: str) -> str:
    if title == "Layer":
        return row.name
    if title == "Kind":
        return f"{row.kind} {row.calls}×" if row.calls > 1 else row.kind
    if title in ("Input", "Output"):
        return shapes_text(row.inputs if title == "Input" else row.outputs) if row.calls else "–"
    if title == "Parameters":
        return f"{row.parameters:,}"
    if title == "Multiply-adds":
        return f"{row.multiply_adds:,}"
    return " ".join(row.arithmetic)
