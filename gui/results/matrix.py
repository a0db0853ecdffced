"""The confusion matrix: which class is taken for which, each cell a door to its pictures."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QKeyEvent, QMouseEvent, QPainter, QPalette, QPen
from PySide6.QtWidgets import QWidget

from core.judgement import Report
from gui.results.colours import matrix_colours, text_on
from gui.results.matrix_layout import TICK, MatrixLayout, lay_out_matrix
from gui.results.words import cell_sentence, column_sentence, row_sentence
from gui.theme import is_dark
from gui.views.canvas import Canvas, small
from gui.views.heatmap_layout import every
from gui.views.image_grid import rgb_image

Mode = Literal["mistakes", "shares", "counts"]
Cell = tuple[int, int]
NOWHERE: Cell = (-1, -1)
_NUMBERS_FROM = 13.0
_LINES_FROM = 7.0
_KEYS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class ConfusionMatrix(Canvas):
    """Rows are true classes, columns what they are taken for. A name stands for its whole row or column.

    The arrow keys move from cell to cell, Enter shows the pictures of the cell.
    """

    chosen = Signal(int, int)
    """True and predicted class of the cell that was clicked; -1: whatever they are."""
    pointed = Signal(str)
    """What the cell under the mouse, or under the arrow keys, says; "": none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("confusion_matrix")
        self.setAccessibleName("Confusion matrix")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(160, 140)
        self._report: Report | None = None
        self._mode: Mode = "mistakes"
        self._layout: MatrixLayout | None = None
        self._rgb: NDArray[np.uint8] = np.zeros((0, 0, 3), np.uint8)
        self._image: QImage | None = None
        self._hovered: Cell = NOWHERE
        self._current: Cell = NOWHERE
        self._selected: Cell = NOWHERE

    def show_report(self, report: Report) -> None:
        """Draw these numbers; the cell that was selected stays selected."""
        if self._report is None or len(report.classes) != len(self._report.classes):
            self._hovered = self._current = self._selected = NOWHERE
        self._report = report
        self._colour()
        self.refresh()
        self._tell()

    def set_mode(self, mode: Mode) -> None:
        """Whether to draw mistakes alone, shares of the true class, or counts."""
        self._mode = mode
        self._colour()
        self.viewport().update()

    def select(self, cell: Cell) -> None:
        """Mark a cell, row or column as the one whose pictures are shown; :data:`NOWHERE`: none."""
        self._selected = cell
        if cell != NOWHERE:
            self._current = cell
        self.viewport().update()

    def selected(self) -> Cell:
        """The cell, row or column that is marked."""
        return self._selected

    def matrix_layout(self) -> MatrixLayout | None:
        """Where the cells are, once there is something to draw."""
        return self._layout

    def sentence(self, cell: Cell) -> str:
        """What a cell, a row or a column says."""
        report = self._report
        if report is None or cell == NOWHERE:
            return ""
        if cell[1] < 0:
            return row_sentence(report, cell[0])
        return column_sentence(report, cell[1]) if cell[0] < 0 else cell_sentence(report, *cell)

    def cell_text(self, row: int, column: int) -> str:
        """What is written into a cell that has room for it."""
        report = self._report
        if report is None or (self._mode == "mistakes" and row == column):
            return ""
        number = int(report.confusion[row, column])
        if number == 0:
            return ""
        if self._mode != "shares":
            return f"{number:,}"
        share = number / int(report.support[row])
        return "<1%" if share < 0.005 else "99%" if 0.995 <= share < 1 else f"{share:.0%}"

    def lay_out(self, width: int, height: int) -> int:
        """Arrange the parts; the matrix always fits, so the height is that of the area."""
        if self._report is not None and self._report.classes:
            labels = [" ".join(name.split()) for name in self._report.classes]
            font = small(self.font())
            font.setBold(True)  # as the names are written that are pointed at: the widest they get
            self._layout = lay_out_matrix(labels, QFontMetricsF(font), width, height)
            self._image = None
        return height

    def draw(self, painter: QPainter, visible: QRect) -> None:
        """Paint the cells, their numbers, the names and the marks."""
        layout, report = self._layout, self._report
        if layout is None or report is None:
            return
        if self._image is None:
            room = round(layout.matrix.height() * self.devicePixelRatioF())
            self._image = rgb_image(_pooled(self._rgb, room, dark=is_dark(self.palette())))
        painter.drawImage(layout.matrix, self._image)
        painter.setFont(small(self.font()))
        self._draw_lines(painter, layout)
        self._draw_numbers(painter, layout)
        self._draw_row_names(painter, layout, report)
        self._draw_column_names(painter, layout, report)
        self._draw_titles(painter, layout)
        self._draw_marks(painter, layout)

    def tip_at(self, point: QPoint) -> str:
        """What the cell under the mouse says."""
        return self.sentence(self._place(QPointF(point)))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up the cell under the mouse."""
        super().mouseMoveEvent(event)
        self._hover(self._place(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show the pictures of the cell."""
        place = self._place(event.position())
        if event.button() == Qt.MouseButton.LeftButton and place != NOWHERE:
            self._choose(place)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the mouse any more."""
        super().leaveEvent(event)
        self._hover(NOWHERE)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, Enter and Space choose."""
        size = self._layout.size if self._layout else 0
        step = _KEYS.get(Qt.Key(event.key()))
        if size and step:
            row, column = (0, 0) if self._current == NOWHERE else self._current
            if self._current != NOWHERE:
                row, column = min(max(row + step[0], -1), size - 1), min(max(column + step[1], -1), size - 1)
            self._current = (row, column) if (row, column) != NOWHERE else self._current
            self.viewport().update()
            self._tell()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._current != NOWHERE:
            self._choose(self._current)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()

    def _place(self, point: QPointF) -> Cell:
        place = self._layout.place_at(point) if self._layout and not self.notice() else None
        return place or NOWHERE

    def _choose(self, cell: Cell) -> None:
        self.select(cell)
        self._tell()
        self.chosen.emit(*cell)

    def _hover(self, cell: Cell) -> None:
        if cell != self._hovered:
            self._hovered = cell
            self.viewport().update()
            self._tell()

    def _tell(self) -> None:
        cell = self._hovered if self._hovered != NOWHERE else self._current
        words = self.sentence(cell)
        self.setAccessibleDescription(words)
        self.pointed.emit(words)

    def _colour(self) -> None:
        report = self._report
        if report is None:
            return
        values = report.confusion.astype(np.float64)
        if self._mode == "shares":
            values /= np.maximum(report.support, 1)[:, None]
        self._rgb = matrix_colours(values, self.palette(), diagonal=self._mode != "mistakes")
        self._image = None

    def _draw_lines(self, painter: QPainter, layout: MatrixLayout) -> None:
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Mid), 1))
        box = layout.matrix
        fine = layout.cell_width >= _LINES_FROM and layout.cell_height >= _LINES_FROM
        for index in range(0, layout.size + 1, 1 if fine else layout.size):
            x, y = box.left() + index * layout.cell_width, box.top() + index * layout.cell_height
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))

    def _draw_numbers(self, painter: QPainter, layout: MatrixLayout) -> None:
        if self._report is None or layout.cell_height < _NUMBERS_FROM:
            return
        metrics = QFontMetricsF(painter.font(), painter.device())
        for row, column in np.argwhere(self._report.confusion > 0).tolist():
            text = self.cell_text(row, column)
            if text and metrics.horizontalAdvance(text) <= layout.cell_width - 2:
                painter.setPen(text_on(QColor(*self._rgb[row, column].tolist())))
                painter.drawText(layout.cell(row, column), Qt.AlignmentFlag.AlignCenter, text)

    def _draw_row_names(self, painter: QPainter, layout: MatrixLayout, report: Report) -> None:
        left = layout.matrix.left() - TICK - layout.row_width
        step = every(layout.cell_height, painter.fontMetrics().height() * 0.9)
        for row in self._named(layout.size, step, 0):
            middle = layout.cell(row, 0).center().y()
            area = QRectF(left, middle - 20, layout.row_width, 40)
            self._draw_name(painter, area, report.classes[row], row in self._lit(0), Qt.AlignmentFlag.AlignRight)

    def _draw_column_names(self, painter: QPainter, layout: MatrixLayout, report: Report) -> None:
        needed = painter.fontMetrics().height() * 0.9 if layout.upright else layout.cell_width
        for column in self._named(layout.size, every(layout.cell_width, needed), 1):
            middle = QPointF(layout.cell(0, column).center().x(), layout.matrix.top() - TICK)
            lit = column in self._lit(1)
            painter.save()
            painter.translate(middle)
            if layout.upright:
                painter.rotate(-90)
                area = QRectF(0, -20, layout.column_height, 40)
                self._draw_name(painter, area, report.classes[column], lit, Qt.AlignmentFlag.AlignLeft)
            else:
                area = QRectF(-layout.cell_width / 2, -layout.column_height, layout.cell_width, layout.column_height)
                self._draw_name(painter, area, report.classes[column], lit, Qt.AlignmentFlag.AlignHCenter)
            painter.restore()

    def _named(self, size: int, step: int, axis: int) -> list[int]:
        """The rows or columns that are named; what is lit takes the place of its neighbours."""
        lit = self._lit(axis)
        return [i for i in range(size) if i in lit or (i % step == 0 and all(abs(i - j) >= step for j in lit))]

    def _lit(self, axis: int) -> set[int]:
        cell = self._hovered if self._hovered != NOWHERE else self._selected
        return {cell[axis]} - {-1}

    def _draw_name(self, painter: QPainter, area: QRectF, name: str, lit: bool, side: Qt.AlignmentFlag) -> None:
        font = QFont(painter.font())
        font.setBold(lit)
        painter.setFont(font)
        role = QPalette.ColorRole.Accent if lit else QPalette.ColorRole.Text
        painter.setPen(self.palette().color(role))
        text = painter.fontMetrics().elidedText(
            " ".join(name[:60].split()), Qt.TextElideMode.ElideRight, math.ceil(area.width())
        )
        painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, text)
        font.setBold(False)
        painter.setFont(font)

    def _draw_titles(self, painter: QPainter, layout: MatrixLayout) -> None:
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        matrix, line = layout.matrix, painter.fontMetrics().height()
        top = matrix.top() - 2 * TICK - layout.column_height - line
        painter.drawText(QRectF(matrix.center().x() - 200, top, 400, line), Qt.AlignmentFlag.AlignCenter, "taken for")
        painter.save()
        painter.translate(matrix.left() - 2 * TICK - layout.row_width - line / 2, matrix.center().y())
        painter.rotate(-90)
        painter.drawText(QRectF(-200, -20, 400, 40), Qt.AlignmentFlag.AlignCenter, "true class")
        painter.restore()

    def _draw_marks(self, painter: QPainter, layout: MatrixLayout) -> None:
        text, accent = (self.palette().color(role) for role in (QPalette.ColorRole.Text, QPalette.ColorRole.Accent))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        marks = [(self._hovered, text, 1.0), (self._selected, accent, 2.0)]
        if self.hasFocus():
            marks.insert(1, (self._current, text, 1.0))
        for cell, colour, width in marks:
            if cell != NOWHERE:
                painter.setPen(QPen(colour, width, j=Qt.PenJoinStyle.MiterJoin))
                painter.drawRect(_area(layout, cell).adjusted(0.5, 0.5, 0.5, 0.5))


def _area(layout: MatrixLayout, cell: Cell) -> QRectF:
    """The rectangle of a cell, a row or a column."""
    last = layout.size - 1
    first_row, last_row = (0, last) if cell[0] < 0 else (cell[0], cell[0])
    first_column, last_column = (0, last) if cell[1] < 0 else (cell[1], cell[1])
    return layout.cell(first_row, first_column).united(layout.cell(last_row, last_column))


def _pooled(rgb: NDArray[np.uint8], room: int, *, dark: bool) -> NDArray[np.uint8]:
    """``rgb`` with at most ``room`` rows and columns: of neighbours the one that stands out most stays."""
    starts = np.arange(0, len(rgb), -(-len(rgb) // max(1, room)))
    if len(starts) < len(rgb):
        stands_out = np.maximum if dark else np.minimum
        for axis in (0, 1):
            rgb = stands_out.reduceat(rgb, starts, axis=axis)
    return rgb
