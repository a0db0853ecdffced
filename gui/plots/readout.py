"""The legend of a plot, which also says the values under the mouse."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QWidget

from gui.plots.canvas import faded

_PADDING = 5
_SWATCH = 14
_GAP = 6
_GROUND_ALPHA = 215
_LONGEST_NAME = 28


@dataclass(frozen=True)
class ReadoutRow:
    """One curve: colour, name, value, a faint remark after the value (the raw value, another step), and line style."""

    color: QColor
    name: str
    value: str
    note: str = ""
    line: Qt.PenStyle = Qt.PenStyle.SolidLine


class Readout(QWidget):
    """A small box that lies over the plot and lets the mouse through.

    It has a row a curve, and above them the step, while the mouse is over the plot.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._header = ""
        self._rows: list[ReadoutRow] = []
        self._room = QRectF()
        self._at_bottom = False
        self._aside = False

    @property
    def header(self) -> str:
        """The step the values belong to; empty for the newest values."""
        return self._header

    @property
    def rows(self) -> list[ReadoutRow]:
        """What is shown, a row a curve."""
        return list(self._rows)

    def show_rows(self, header: str, rows: list[ReadoutRow]) -> None:
        """Show these; without rows the box hides."""
        if (header, rows) == (self._header, self._rows):
            return
        self._header, self._rows = header, rows
        self.setVisible(bool(rows))
        self._place()
        self.update()

    def set_room(self, room: QRectF, *, at_bottom: bool) -> None:
        """Stay within `room` (pixels of the parent), in its right upper or right lower corner."""
        if (room, at_bottom) != (self._room, self._at_bottom):
            self._room, self._at_bottom = room, at_bottom
            self._place()

    def make_way(self, mouse: QPointF | None) -> None:
        """Go to the left corner while the mouse is where the box would be."""
        size = self.sizeHint()
        aside = mouse is not None and mouse.x() > self._room.right() - size.width() - 3 * _PADDING
        if aside != self._aside:
            self._aside = aside
            self._place()

    def sizeHint(self) -> QSize:
        """Room for all rows that fit."""
        metrics = self._metrics()
        names, values, notes = self._columns(metrics)
        width = (
            2 * _PADDING + _SWATCH + _GAP + names + (_GAP + values if values else 0) + (_GAP + notes if notes else 0)
        )
        width = max(width, 2 * _PADDING + metrics.horizontalAdvance(self._header))
        lines = len(self._shown()) + bool(self._header) + (len(self._shown()) < len(self._rows))
        return QSize(round(width), round(2 * _PADDING + lines * metrics.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font())
        ground = QColor(self.palette().color(QPalette.ColorRole.Base))
        ground.setAlpha(_GROUND_ALPHA)
        painter.setBrush(ground)
        painter.setPen(QPen(faded(self.palette(), 0.2), 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        self._paint_lines(painter)
        painter.end()

    def _paint_lines(self, painter: QPainter) -> None:
        metrics = self._metrics()
        names, values, _ = self._columns(metrics)
        strong, faint = faded(self.palette(), 1.0), faded(self.palette(), 0.7)
        baseline = _PADDING + metrics.ascent()
        if self._header:
            _write(painter, _PADDING, baseline, self._header, faint)
            baseline += metrics.height()
        text = _PADDING + _SWATCH + _GAP
        for row in self._shown():
            middle = baseline - metrics.xHeight() / 2
            painter.setPen(_swatch_pen(row))
            painter.drawLine(QPointF(_PADDING, middle), QPointF(_PADDING + _SWATCH, middle))
            _write(painter, text, baseline, _short(row.name), strong)
            right = text + names + _GAP + values
            _write(painter, right - metrics.horizontalAdvance(row.value), baseline, row.value, strong)
            _write(painter, right + _GAP, baseline, row.note, faint)
            baseline += metrics.height()
        if len(self._shown()) < len(self._rows):
            _write(painter, text, baseline, f"and {len(self._rows) - len(self._shown())} more", faint)

    def _shown(self) -> list[ReadoutRow]:
        """The rows for which there is height, at least one; the last line says how many are left out."""
        lines = int((self._room.height() - 4 * _PADDING) / self._metrics().height()) - bool(self._header)
        return self._rows if len(self._rows) <= lines else self._rows[: max(1, lines - 1)]

    def _columns(self, metrics: QFontMetricsF) -> tuple[float, float, float]:
        def widest(texts: list[str]) -> float:
            return max((metrics.horizontalAdvance(text) for text in texts), default=0.0)

        return (
            widest([_short(row.name) for row in self._rows]),
            widest([row.value for row in self._rows]),
            widest([row.note for row in self._rows]),
        )

    def _place(self) -> None:
        size = self.sizeHint()
        left, right = self._room.left() + _PADDING, self._room.right() - size.width() - _PADDING
        top, bottom = self._room.top() + _PADDING, self._room.bottom() - size.height() - _PADDING
        corner = QPointF(left if self._aside else right, bottom if self._at_bottom else top)
        self.setGeometry(QRect(corner.toPoint(), size))

    def _font(self) -> QFont:
        font = QFont(self.font())
        if font.pointSizeF() > 0:
            font.setPointSizeF(max(6.5, font.pointSizeF() * 0.9))
        return font

    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(self._font())


def _swatch_pen(row: ReadoutRow) -> QPen:
    pen = QPen(row.color, 2.5, row.line, Qt.PenCapStyle.FlatCap)
    if row.line != Qt.PenStyle.SolidLine:
        # Qt's own dashes would not fit into a swatch twice.
        pen.setDashPattern([2.0, 1.0] if row.line == Qt.PenStyle.DashLine else [1.0, 1.0])
    return pen


def _write(painter: QPainter, x: float, baseline: float, text: str, colour: QColor) -> None:
    painter.setPen(colour)
    painter.drawText(QPointF(x, baseline), text)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"
