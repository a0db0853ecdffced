"""Draws where a number comes from: for each channel the patch, the kernel and what their products add up to."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPalette, QPen
from PySide6.QtWidgets import QWidget

from core.explain.arithmetic import Numbers
from gui.explain.working import Cells, Line, Working, number
from gui.theme import luminance
from gui.views.canvas import Canvas, small
from gui.views.image_grid import rgb_image
from gui.views.numbers import MINUS, format_number

_PAD = 8.0
_GAP = 12.0
_SIGN = 22.0
_THUMB = (44.0, 84.0)
_CELL = (12.0, 46.0)
_EASILY_READ = 27.0
_FONT = (8, 13)
"""Px of the numbers in the cells; below, the nought before the point goes first."""
_FRAME = QColor("#ffd54a")


@dataclass(frozen=True)
class WorkingLayout:
    """Sizes in px. ``thumb`` is 0 where there is no room for the channels' pictures."""

    cell: float
    thumb: float
    top: float
    pitch: float
    tables: tuple[tuple[float, float, float], ...]
    """Left, width and height of each table of a line."""
    result: float

    def line_top(self, index: int) -> float:
        """Where a line begins."""
        return self.top + index * self.pitch


class WorkingView(Canvas):
    """One line a channel of the input; only the lines in view are painted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("working_view")
        self.setAccessibleName("How the number came about")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._working = Working("")
        self._layout: WorkingLayout | None = None
        self._laid_out: list[tuple[int, ...]] = []

    def show_working(self, working: Working) -> None:
        """Draw this; the scroll position stays."""
        same = [line.name for line in working.lines] == [line.name for line in self._working.lines]
        self._working = working
        self.set_notice(working.notice)
        if same and self._layout is not None and self._shapes() == self._laid_out:
            self.viewport().update()  # the mouse moves on: the same tables, other numbers
        else:
            self.refresh()

    def lay_out(self, width: int, height: int) -> int:
        """Cells as large as fit; return the height of all lines."""
        lines = self._working.lines
        self._layout, self._laid_out = None, self._shapes()
        if not lines:
            return height
        shapes = [cells.values.shape for cells in lines[0].cells]
        metrics = QFontMetricsF(small(self.font()))
        number_width = metrics.horizontalAdvance("−0.0000") * 1.12 + 4
        across, down = sum(shape[1] for shape in shapes), max(shape[0] for shape in shapes)
        room = width - 2 * _PAD - number_width - _SIGN * len(shapes)
        # The channel's picture is the first to go: the numbers are what it is about.
        thumb = min(_THUMB[1], room * 0.18)
        if thumb < _THUMB[0] or (room - thumb - _GAP) / across < _EASILY_READ:
            thumb = 0.0
        fitting = (room - (thumb + _GAP if thumb else 0.0)) / across
        cell = float(math.floor(min(max(fitting, _CELL[0]), _CELL[1])))
        tables, left = [], _PAD + (thumb + _GAP if thumb else 0.0)
        for rows, columns in shapes:
            tables.append((left, columns * cell, rows * cell))
            left += columns * cell + _SIGN
        top = _PAD + metrics.height() + 4
        pitch = float(max(down * cell, thumb) + metrics.height() + _GAP)
        self._layout = WorkingLayout(cell, thumb, top, pitch, tuple(tables), left)
        return math.ceil(top + len(lines) * pitch)

    def draw(self, painter: QPainter, visible: QRect) -> None:
        """The titles, and the lines in view."""
        layout = self._layout
        if layout is None:
            return
        painter.setFont(small(self.font()))
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        places = [(left, width) for left, width, _height in layout.tables] + [(layout.result, 90.0)]
        for (left, width), title in zip(places, self._working.titles, strict=False):
            side = Qt.AlignmentFlag.AlignHCenter if left != layout.result else Qt.AlignmentFlag.AlignLeft
            painter.drawText(QRectF(left, _PAD, width, 30), side | Qt.AlignmentFlag.AlignTop, title)
        first = max(0, int((visible.top() - layout.top) / layout.pitch))
        for index in range(first, len(self._working.lines)):
            if layout.line_top(index) > visible.bottom():
                break
            self._draw_line(painter, layout, index)

    def tip_at(self, point: QPoint) -> str:
        """The numbers under the mouse, and their product."""
        layout = self._layout
        if layout is None or point.y() < layout.top:
            return ""
        index = int((point.y() - layout.top) / layout.pitch)
        if index >= len(self._working.lines):
            return ""
        line = self._working.lines[index]
        for left, _width, _height in layout.tables:
            row = math.floor((point.y() - layout.line_top(index)) / layout.cell)
            column = math.floor((point.x() - left) / layout.cell)
            if 0 <= row < len(line.rows) and 0 <= column < len(line.columns):
                return _cell_tip(line, row, column)
        return ""

    def _shapes(self) -> list[tuple[int, ...]]:
        return [cells.values.shape for line in self._working.lines[:1] for cells in line.cells]

    def _draw_line(self, painter: QPainter, layout: WorkingLayout, index: int) -> None:
        line, top = self._working.lines[index], layout.line_top(index)
        if layout.thumb:
            self._draw_thumb(painter, line, QRectF(_PAD, top, layout.thumb, layout.thumb))
        signs = "×" * (len(line.cells) - 1) + "="
        for cells, (left, width, height), sign in zip(line.cells, layout.tables, signs, strict=True):
            self._draw_cells(painter, cells, left, top, layout.cell)
            painter.setFont(self.font())
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(QRectF(left + width, top, _SIGN, height), Qt.AlignmentFlag.AlignCenter, sign)
        table_height = max(height for _left, _width, height in layout.tables)
        bold = QFont(self.font())
        bold.setBold(True)
        painter.setFont(bold)
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        area = QRectF(layout.result, top, 120, table_height)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(area, middle, number(line.result))
        painter.setFont(small(self.font()))
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        below = QRectF(_PAD, top + max(table_height, layout.thumb) + 1, self.width(), 30)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, line.name)

    def _draw_thumb(self, painter: QPainter, line: Line, area: QRectF) -> None:
        """The channel, with a frame where the patch lies; it may reach beyond the edge."""
        height, width = line.picture.shape
        scale = min(area.width() / width, area.height() / height)
        target = QRectF(area.left(), area.top(), width * scale, height * scale)
        painter.drawImage(target, rgb_image(line.picture_scale.colours(line.picture)))
        top, left = float(line.rows[0]), float(line.columns[0])
        down, across = float(line.rows[-1]) + 1 - top, float(line.columns[-1]) + 1 - left
        frame = QRectF(target.left() + left * scale, target.top() + top * scale, across * scale, down * scale)
        for colour, thickness in ((QColor("#101010"), 3.0), (_FRAME, 1.4)):
            painter.setPen(QPen(colour, thickness))
            painter.drawRect(frame)

    def _draw_cells(self, painter: QPainter, cells: Cells, left: float, top: float, side: float) -> None:
        colours = cells.scale.colours(np.nan_to_num(cells.values))
        texts = _fitting_texts(painter, cells.values, side - 3)
        for row, column in np.ndindex(*cells.values.shape):
            area = QRectF(left + column * side, top + row * side, side, side)
            ground = QColor(*(int(channel) for channel in colours[row, column]))
            outside = cells.outside is not None and bool(cells.outside[row, column])
            if outside:
                ground = self.palette().color(QPalette.ColorRole.Window)
            painter.fillRect(area.adjusted(0, 0, -1, -1), ground)
            if outside:
                hatch = QBrush(self.palette().color(QPalette.ColorRole.Mid), Qt.BrushStyle.BDiagPattern)
                painter.fillRect(area.adjusted(0, 0, -1, -1), hatch)
            if text := texts.get((row, column), ""):
                painter.setPen(QColor("#101010") if luminance(ground) > 0.18 else QColor("#ffffff"))
                painter.drawText(area.adjusted(0, 0, -1, -1), Qt.AlignmentFlag.AlignCenter, text)
        if cells.chosen is not None:
            row, column = cells.chosen
            frame = QRectF(left + column * side, top + row * side, side - 1, side - 1).adjusted(1, 1, -1, -1)
            painter.setPen(QPen(QColor("#101010"), 4))
            painter.drawRect(frame)
            painter.setPen(QPen(_FRAME, 2))
            painter.drawRect(frame)


def short(value: float, *, leading_zero: bool = True) -> str:
    """A number for a small cell: two places, fewer where it is large; ``leading_zero``: "0.25" rather than ".25"."""
    size = abs(value)
    text = f"{value:.2f}" if size < 9.995 else f"{value:.1f}" if size < 99.95 else f"{value:.0f}"
    text = "0" if float(text) == 0 else text.replace("-", MINUS)
    return text if leading_zero else text.replace("0.", ".", 1) if text.lstrip(MINUS).startswith("0.") else text


def _fitting_texts(painter: QPainter, values: Numbers, room: float) -> dict[tuple[int, ...], str]:
    """The numbers of a table in one size and form that all of them fit in, or none; sets the painter's font."""
    font = QFont(painter.font())
    for leading_zero, sizes in ((True, range(_FONT[1], _FONT[0] - 1, -1)), (False, range(_FONT[0] + 1, 6, -1))):
        texts = {
            place: short(float(value), leading_zero=leading_zero)
            for place, value in np.ndenumerate(values)
            if not np.isnan(value)
        }
        for size in sizes:
            font.setPixelSize(size)
            metrics = QFontMetricsF(font, painter.device())
            if metrics.height() <= room + 3 and all(metrics.horizontalAdvance(text) <= room for text in texts.values()):
                painter.setFont(font)
                return texts
    return {}


def _cell_tip(line: Line, row: int, column: int) -> str:
    place = f"{line.name}, row {int(line.rows[row])}, column {int(line.columns[column])}"
    values = [float(cells.values[row, column]) for cells in line.cells]
    outside = line.cells[0].outside
    if outside is not None and outside[row, column]:
        place = f"{line.name}, beyond the edge"
    if len(values) == 1:
        return place if np.isnan(values[0]) else f"{place}: {format_number(values[0], 6)}"
    product = format_number(values[0] * values[1], 6)
    return f"{place}\n{format_number(values[0], 6)} × {format_number(values[1], 6)} = {product}"
