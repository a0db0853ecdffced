"""The boxes and the edges of a graph as items of a scene; they take their colours from the widget's palette."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem, QStyleOptionGraphicsItem, QWidget

from core.views import Node
from gui.theme import contrast, mix
from gui.views.canvas import small
from gui.views.colormaps import diverging
from gui.views.numbers import format_number
from gui.views.tips import plain_tip

_WIDEST_TEXT = 190.0
_MOST_LINES = 6
_PAD_X, _PAD_Y = 12.0, 7.0
_ARROW = 7.0
_BLUE, _RED = 40, 215


class NodeItem(QGraphicsItem):
    """A box with a title and, below it, a detail of up to six lines."""

    def __init__(self, node: Node, font: QFont) -> None:
        super().__init__()
        self._value: float | None = None
        self._marked = False
        self._title_font, self._detail_font = QFont(font), small(font)
        self._title_font.setBold(True)
        title, detail = QFontMetricsF(self._title_font), QFontMetricsF(self._detail_font)
        elide = Qt.TextElideMode.ElideRight
        self._title = title.elidedText(str(node.title)[:200], elide, _WIDEST_TEXT)
        lines = str(node.detail)[:2000].splitlines()[:_MOST_LINES]
        self._details = [detail.elidedText(line[:200], elide, _WIDEST_TEXT) for line in lines]
        texts = [title.horizontalAdvance(self._title), *(detail.horizontalAdvance(line) for line in self._details)]
        self._title_height, self._line_height = title.height(), detail.height()
        height = self._title_height + len(self._details) * self._line_height + 2 * _PAD_Y
        self.box = QRectF(0, 0, max(texts) + 2 * _PAD_X, height)
        self.set_node(node)

    def set_node(self, node: Node) -> None:
        """Take on the value of ``node``, which has the same title and detail as before.

        Raises:
            ValueError, TypeError: when the value is no number.
        """
        self._value = None if node.value is None else float(node.value)
        self.setToolTip(plain_tip(_tip(node)))
        self.update()

    def value(self) -> float | None:
        """The number that colours the box."""
        return self._value

    def set_marked(self, marked: bool) -> None:
        """Whether a frame is drawn around the box."""
        if marked != self._marked:
            self._marked = marked
            self.update()

    def marked(self) -> bool:
        """Whether a frame is drawn around the box."""
        return self._marked

    def boundingRect(self) -> QRectF:
        """The box and its outline."""
        return self.box.adjusted(-2, -2, 2, 2)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the box in the palette of the widget."""
        palette = widget.palette() if widget is not None else QPalette()
        fill = _fill(palette, self._value)
        candidates = (palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.Base))
        text = max(candidates, key=lambda colour: contrast(colour, fill))
        accent = palette.color(QPalette.ColorRole.Accent)
        painter.setPen(QPen(accent, 3.0) if self._marked else QPen(mix(fill, accent, 0.55), 1.2))
        painter.setBrush(fill)
        painter.drawRoundedRect(self.box, 7, 7)
        painter.setPen(text)
        painter.setFont(self._title_font)
        row = QRectF(0, _PAD_Y, self.box.width(), self._title_height)
        painter.drawText(row, Qt.AlignmentFlag.AlignCenter, self._title)
        painter.setFont(self._detail_font)
        for number, line in enumerate(self._details):
            top = _PAD_Y + self._title_height + number * self._line_height
            painter.drawText(QRectF(0, top, self.box.width(), self._line_height), Qt.AlignmentFlag.AlignCenter, line)


class EdgeItem(QGraphicsPathItem):
    """A curve with an arrow head; dashed when it leads back."""

    def __init__(self, path: QPainterPath, *, backward: bool) -> None:
        super().__init__(path)
        self.setZValue(-1)
        self._style = Qt.PenStyle.DashLine if backward else Qt.PenStyle.SolidLine
        end = path.currentPosition()
        self._head = QPolygonF([end, end + QPointF(-_ARROW, -_ARROW * 0.55), end + QPointF(-_ARROW, _ARROW * 0.55)])

    def boundingRect(self) -> QRectF:
        """The curve and its head."""
        return super().boundingRect().adjusted(-_ARROW, -_ARROW, _ARROW, _ARROW)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the curve in the palette of the widget."""
        palette = widget.palette() if widget is not None else QPalette()
        colour = mix(palette.color(QPalette.ColorRole.PlaceholderText), palette.color(QPalette.ColorRole.Base), 0.25)
        painter.setPen(QPen(colour, 1.6, self._style))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self.path())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(self._head)


def _fill(palette: QPalette, value: float | None) -> QColor:
    """The ground of a box: a breath of the accent, or blue below zero and red above, as strong as the value."""
    base = palette.color(QPalette.ColorRole.Base)
    if value is None:
        return mix(base, palette.color(QPalette.ColorRole.Accent), 0.08)
    if value != value:
        return palette.color(QPalette.ColorRole.Mid)
    colour = QColor(*(int(channel) for channel in diverging()[_RED if value > 0 else _BLUE]))
    return mix(base, colour, min(abs(value), 1.0))


def _tip(node: Node) -> str:
    value = "" if node.value is None else f"\nvalue: {format_number(node.value)}"
    return f"{node.title}\n{node.detail}".strip()[:1000] + value
