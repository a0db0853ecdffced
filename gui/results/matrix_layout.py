"""Where the parts of a confusion matrix go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF

PAD = 8.0
TICK = 5.0
_LABEL_SHARE = 0.28
_LONGEST_ASPECT = 2.2
_MEASURED = 200


@dataclass(frozen=True)
class MatrixLayout:
    """``matrix``: the cells, ``size``×``size`` of them. ``row_width``: px for the names at the left.

    ``column_height``: px for the names above; ``upright``: they are turned by 90 degrees.
    """

    matrix: QRectF
    size: int
    row_width: float
    column_height: float
    upright: bool

    @property
    def cell_width(self) -> float:
        """Pixels of a column."""
        return self.matrix.width() / self.size

    @property
    def cell_height(self) -> float:
        """Pixels of a row."""
        return self.matrix.height() / self.size

    def cell(self, row: int, column: int) -> QRectF:
        """The rectangle of one cell."""
        left = self.matrix.left() + column * self.cell_width
        return QRectF(left, self.matrix.top() + row * self.cell_height, self.cell_width, self.cell_height)

    def place_at(self, point: QPointF) -> tuple[int, int] | None:
        """Row and column at ``point``; -1 for the column beside the row's name, and for the row above the column."""
        column = int((point.x() - self.matrix.left()) // self.cell_width)
        row = int((point.y() - self.matrix.top()) // self.cell_height)
        beside = self.matrix.left() - TICK - self.row_width <= point.x() < self.matrix.left()
        above = self.matrix.top() - TICK - self.column_height <= point.y() < self.matrix.top()
        if 0 <= row < self.size and (beside or 0 <= column < self.size):
            return row, -1 if beside else column
        return (-1, column) if above and 0 <= column < self.size else None


def lay_out_matrix(labels: Sequence[str], metrics: QFontMetricsF, width: float, height: float) -> MatrixLayout:
    """Give the names what they need, at most a good quarter of the area, and the cells the rest."""
    line = metrics.height()
    widest = max((metrics.horizontalAdvance(label[:60]) for label in labels[:_MEASURED]), default=0.0)
    row_width = min(widest, width * _LABEL_SHARE)
    left = PAD + line + TICK + row_width + TICK
    room = max(1.0, width - left - PAD)
    upright = widest + TICK > room / len(labels)
    column_height = min(widest, height * _LABEL_SHARE) if upright else line
    top = PAD + line + TICK + column_height + TICK
    cell_height = max(1.0, height - top - PAD) / len(labels)
    cell_width = min(room / len(labels), _LONGEST_ASPECT * cell_height)
    cell_height = min(cell_height, cell_width)
    if cell_width >= 2:  # on whole pixels all cells are of one size
        cell_width, cell_height = float(int(cell_width)), float(max(1, int(cell_height)))
    left += max(0.0, (room - cell_width * len(labels)) // 2)
    matrix = QRectF(left, top, cell_width * len(labels), cell_height * len(labels))
    return MatrixLayout(matrix, len(labels), row_width, column_height, upright)
