"""The scrolling grid of samples: only what is visible is read, painted and kept."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPalette,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from core.survey import PARTS, Catalogue
from gui.browser.cells import GAP, LABELS_FROM, Cells
from gui.browser.strips import Look, Strips
from gui.views.canvas import Canvas, small

SMALLEST, LARGEST, USUAL = 16, 256, 64
_TURN_S = 0.010
"""How long a frame reads and paints rows; the rest of them follow in the next frames."""
_ZOOM_STEP = 8
_BADGE, _BADGE_FROM = 18, 40


class SampleGrid(Canvas):
    """Shows the samples with these row numbers; one of them is the current one."""

    current_changed = Signal(int)
    """The row (in the catalogue) of the current sample, −1 for none."""
    activated = Signal(int)
    """Enter or a double click: the row of the sample."""
    menu_asked = Signal(int, QPoint)
    """The row of the sample, and where on the screen."""
    side_changed = Signal(int)
    """Px of a cell."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sample_grid")
        self.setAccessibleName("Samples")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._catalogue: Catalogue | None = None
        self._rows: NDArray[np.int64] = np.zeros(0, np.int64)
        self._cells = Cells(0, 1, USUAL, 0)
        self._strips = Strips()
        self._side = USUAL
        self._current = self._hovered = -1
        self._ratio = 1.0
        self._rest = QTimer(self, interval=0, singleShot=True)
        self._rest.timeout.connect(self.viewport().update)

    def show_samples(self, catalogue: Catalogue, rows: NDArray[np.int64]) -> None:
        """Show these rows, ascending; the current sample stays current, where it is among them."""
        before, anchor = self.current_row(), self._anchor() if catalogue is self._catalogue else -1
        self._catalogue, self._rows, self._hovered = catalogue, rows, -1
        place = int(np.searchsorted(rows, before)) if before >= 0 else 0
        kept = before >= 0 and place < len(rows) and rows[place] == before
        self._current = place if kept else min(0, len(rows) - 1)
        self.refresh()
        self._strips.begin(catalogue, rows, self._cells, self._look())
        if kept:
            self._scroll_to(self._current)
        else:
            at = int(np.searchsorted(rows, anchor)) if anchor >= 0 and len(rows) else 0
            self.verticalScrollBar().setValue(self._cells.corner(at)[1] - GAP if at else 0)
        self.current_changed.emit(self.current_row())

    def current_row(self) -> int:
        """The row of the current sample in the catalogue, or −1."""
        return int(self._rows[self._current]) if 0 <= self._current < len(self._rows) else -1

    def go_to(self, row: int) -> bool:
        """Make the sample with this row current; False where it is not shown."""
        place = int(np.searchsorted(self._rows, row))
        found = place < len(self._rows) and self._rows[place] == row
        if found:
            self._go(place)
        return bool(found)

    def cells(self) -> Cells:
        """Where everything is."""
        return self._cells

    def side(self) -> int:
        """Px of a cell."""
        return self._side

    def set_side(self, side: int) -> None:
        """Px of a cell; the current sample stays in view if it was, otherwise what was at the top."""
        side = min(max(side, SMALLEST), LARGEST)
        if side == self._side:
            return
        seen = self._current >= 0 and self._seen(self._current)
        anchor, self._side = self._current if seen else self._first_seen(), side
        self.refresh()
        if anchor >= 0:
            self._scroll_to(anchor)
        self.side_changed.emit(side)

    def lay_out(self, width: int, height: int) -> int:
        """Arrange the cells; return the height of all."""
        if self.verticalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOn:
            width = self.maximumViewportSize().width()  # which leaves out the bar already
        metrics = QFontMetrics(small(self.font()))
        label = metrics.height() + 1 if self._side >= LABELS_FROM else 0
        self._cells = Cells(len(self._rows), width, self._side, label)
        return self._cells.height

    def refresh(self) -> None:
        """Arrange and paint anew; what is at the top stays there."""
        before, first = self._cells, self._first_seen()
        super().refresh()
        self.verticalScrollBar().setSingleStep(max(8, self._cells.row_height // 3))
        if self._catalogue is not None and before != self._cells:
            self._strips.begin(self._catalogue, self._rows, self._cells, self._look())
            if before.count == self._cells.count and before.columns != self._cells.columns and first >= 0:
                self.verticalScrollBar().setValue(self._cells.corner(first)[1] - GAP)

    def changeEvent(self, event: QEvent) -> None:
        """Other colours or another font: paint everything anew."""
        super().changeEvent(event)
        repaint = (QEvent.Type.PaletteChange, QEvent.Type.StyleChange, QEvent.Type.FontChange)
        if event.type() in repaint and self._catalogue is not None:
            self._strips.begin(self._catalogue, self._rows, self._cells, self._look())
            self.viewport().update()

    def draw(self, painter: QPainter, visible: QRect) -> None:
        """Paint the rows in view, as many of them anew as a frame has time for."""
        if self._catalogue is None:
            return
        if abs(self.devicePixelRatioF() - self._ratio) > 1e-6:
            self._strips.begin(self._catalogue, self._rows, self._cells, self._look())
        rows = self._cells.rows_between(visible.top(), visible.bottom())
        self._strips.most = 3 * len(rows) + 8
        until, missing, made = time.perf_counter() + _TURN_S, False, 0
        for row in rows:
            strip = self._strips.kept(row)
            if strip is None and (not made or time.perf_counter() < until):
                strip, made = self._strips.made(row), made + 1
            if strip is not None:
                painter.drawImage(0, GAP + row * self._cells.row_height, strip)
            else:
                missing = True
                self._draw_blanks(painter, row)
        self._draw_frame(painter, self._hovered, current=False)
        self._draw_badge(painter)
        self._draw_frame(painter, self._current, current=True)
        if missing:
            self._rest.start()

    def tip_at(self, point: QPoint) -> str:
        """Which sample is under the mouse."""
        index = self._cells.at(point.x(), point.y())
        if index != self._hovered:
            self._hovered = index
            self.viewport().update()
        if index < 0 or self._catalogue is None:
            return ""
        if self._on_badge(point, index):
            return "Try it"
        row = int(self._rows[index])
        part, number = self._catalogue.place(row)
        label = int(self._catalogue.labels(self._rows[index : index + 1])[0])
        words = f"{self._catalogue.class_name(label)}\n{PARTS[part]} sample {number:,}"
        name = self._catalogue.name(row)
        return f"{words}\n{name}" if name else words

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the mouse."""
        super().leaveEvent(event)
        self._hovered = -1
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The sample under the mouse becomes the current one."""
        point = event.position().toPoint()
        index = self._index_at(point)
        if index < 0:
            return
        self._go(index, scroll=False)
        if event.button() == Qt.MouseButton.LeftButton and self._on_badge(point + self._offset(), index):
            self.activated.emit(self.current_row())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Take it."""
        point = event.position().toPoint()
        index = self._index_at(point)
        if event.button() == Qt.MouseButton.LeftButton and index >= 0:
            self._go(index, scroll=False)
            if not self._on_badge(point + self._offset(), index):  # its first click has taken it already
                self.activated.emit(self.current_row())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the sample under the mouse, or with the current one."""
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            where = event.globalPos()
            inside = self._index_at(self.viewport().mapFromGlobal(where)) >= 0
        else:
            x, y = self._cells.corner(max(0, self._current))
            middle = QPoint(x + self._side // 2, y + self._side // 2 - self.verticalScrollBar().value())
            where, inside = self.viewport().mapToGlobal(middle), True
        if inside and self.current_row() >= 0:
            self.menu_asked.emit(self.current_row(), where)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; with Ctrl held down, zoom."""
        QToolTip.hideText()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.set_side(self._side + (_ZOOM_STEP if event.angleDelta().y() > 0 else -_ZOOM_STEP))
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the current sample by cells, rows and pages; Enter takes it; Ctrl with + and − zooms."""
        key, last = event.key(), len(self._rows) - 1
        page = self._cells.columns * max(1, self.viewport().height() // self._cells.row_height)
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._cells.columns,
            Qt.Key.Key_Down: self._cells.columns,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -last - 1,
            Qt.Key.Key_End: last + 1,
        }
        zooms = {Qt.Key.Key_Plus: _ZOOM_STEP, Qt.Key.Key_Equal: _ZOOM_STEP, Qt.Key.Key_Minus: -_ZOOM_STEP}
        if key in steps and last >= 0:
            self._go(self._stepped(steps[Qt.Key(key)], last))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current_row() >= 0:
            self.activated.emit(self.current_row())
        elif key in zooms and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.set_side(self._side + zooms[Qt.Key(key)])
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the current sample's frame in colour."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The reverse."""
        super().focusOutEvent(event)
        self.viewport().update()

    def _stepped(self, step: int, last: int) -> int:
        wanted = self._current + step
        if step == self._cells.columns and wanted > last and self._current // step < last // step:
            return last  # the last row is shorter than the others
        if abs(step) == self._cells.columns and not 0 <= wanted <= last:
            return self._current
        return min(max(wanted, 0), last)

    def _go(self, index: int, *, scroll: bool = True) -> None:
        if scroll:
            self._scroll_to(index)
        if index != self._current:
            self._current = index
            self.viewport().update()
            self.current_changed.emit(self.current_row())

    def _scroll_to(self, index: int) -> None:
        """As little as shows the cell as a whole."""
        top, bar = self._cells.corner(index)[1] - GAP, self.verticalScrollBar()
        bottom = top + self._cells.row_height + GAP
        if top < bar.value():
            bar.setValue(top)
        elif bottom > bar.value() + self.viewport().height():
            bar.setValue(bottom - self.viewport().height())

    def _offset(self) -> QPoint:
        return QPoint(0, self.verticalScrollBar().value())

    def _index_at(self, point: QPoint) -> int:
        content = point + self._offset()
        return self._cells.at(content.x(), content.y())

    def _badge(self, index: int) -> QRectF:
        """The button in the upper right corner of the cell under the mouse; empty where cells are too small."""
        if self._side < _BADGE_FROM:
            return QRectF()
        x, y = self._cells.corner(index)
        return QRectF(x + self._side - _BADGE - 3, y + 3, _BADGE, _BADGE)

    def _on_badge(self, point: QPoint, index: int) -> bool:
        return self._badge(index).contains(point.toPointF())

    def _first_seen(self) -> int:
        """The first cell of the first row that is seen, or −1."""
        row = max(0, self.verticalScrollBar().value()) // self._cells.row_height
        return min(row * self._cells.columns, self._cells.count - 1)

    def _seen(self, index: int) -> bool:
        top = self._cells.corner(index)[1] - self.verticalScrollBar().value()
        return -self._cells.row_height < top < self.viewport().height()

    def _anchor(self) -> int:
        first = self._first_seen()
        return int(self._rows[first]) if 0 <= first < len(self._rows) else -1

    def _look(self) -> Look:
        palette = self.palette()
        self._ratio = self.devicePixelRatioF()
        ground, text = palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.PlaceholderText)
        return Look(ground, text, small(self.font()), self._ratio)

    def _draw_blanks(self, painter: QPainter, row: int) -> None:
        first = row * self._cells.columns
        x, y = self._cells.corner(first)
        wide = min(self._cells.columns, self._cells.count - first) * (self._side + GAP) - GAP
        painter.fillRect(x, y, wide, self._side, self.palette().color(QPalette.ColorRole.AlternateBase))

    def _draw_badge(self, painter: QPainter) -> None:
        """An arrow to the right, to where "Try it" is."""
        if not 0 <= self._hovered < self._cells.count or self._side < _BADGE_FROM:
            return
        badge, palette = self._badge(self._hovered), self.palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(QPalette.ColorRole.Highlight))
        painter.drawRoundedRect(badge, 4, 4)
        middle, reach = badge.center(), _BADGE / 4
        painter.setPen(QPen(palette.color(QPalette.ColorRole.HighlightedText), 1.8))
        tip = middle + QPointF(reach, 0)
        painter.drawLine(middle - QPointF(reach, 0), tip)
        painter.drawPolyline(QPolygonF([tip + QPointF(-reach, -reach), tip, tip + QPointF(-reach, reach)]))

    def _draw_frame(self, painter: QPainter, index: int, *, current: bool) -> None:
        if not 0 <= index < self._cells.count:
            return
        colours = QPalette.ColorRole
        colour = colours.Accent if current else colours.PlaceholderText
        width = 3.0 if current and self.hasFocus() else 2.0 if current else 1.0
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(colour), width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        x, y = self._cells.corner(index)
        inset = 1 - width / 2 - 0.5
        painter.drawRoundedRect(QRectF(x, y, self._side, self._side).adjusted(inset, inset, -inset, -inset), 3, 3)
