"""Where the cells of the grid of samples are."""

from __future__ import annotations

from dataclasses import dataclass

GAP = 4
LABELS_FROM = 40
"""Px of a cell from which there is room for the name of its class."""


@dataclass(frozen=True)
class Cells:
    """``side``: px of the square for a picture; ``label``: px below it for its class; in an area ``width`` px wide."""

    count: int
    width: int
    side: int
    label: int

    @property
    def columns(self) -> int:
        """Cells in a row, at least one."""
        return max(1, (self.width - GAP) // (self.side + GAP))

    @property
    def rows(self) -> int:
        """Rows in all."""
        return -(-self.count // self.columns)

    @property
    def left(self) -> int:
        """Px to the left of the first cell: what is left over is shared between both sides."""
        return max(0, (self.width - self.columns * (self.side + GAP) - GAP) // 2) + GAP

    @property
    def row_height(self) -> int:
        """Px from one row to the next."""
        return self.side + self.label + GAP

    @property
    def height(self) -> int:
        """Px of all rows."""
        return self.rows * self.row_height + GAP if self.count else 0

    def corner(self, index: int) -> tuple[int, int]:
        """The left upper corner of a cell, px in the content."""
        row, column = divmod(index, self.columns)
        return self.left + column * (self.side + GAP), GAP + row * self.row_height

    def at(self, x: float, y: float) -> int:
        """The cell at a place in the content, or −1."""
        column, inside_x = divmod(x - self.left, self.side + GAP)
        row, inside_y = divmod(y - GAP, self.row_height)
        index = int(row * self.columns + column)
        hit = 0 <= column < self.columns and row >= 0 and inside_x < self.side and inside_y < self.side + self.label
        return index if hit and index < self.count else -1

    def rows_between(self, top: int, bottom: int) -> range:
        """The rows that may be seen between two heights of the content."""
        return range(max(0, (top - GAP) // self.row_height), min(self.rows, (bottom - GAP) // self.row_height + 1))
