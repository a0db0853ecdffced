"""A recurrent network unrolled in time: vectors with their numbers, and the arrows between them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from core.views import Layer, Unrolled
from gui.forms.colours import fault_colour
from gui.theme import contrast, mix
from gui.views.canvas import Canvas, small
from gui.views.colormaps import diverging
from gui.views.numbers import MINUS, format_number
from gui.views.unrolled_layout import BOX_PAD, Measures, UnrolledLayout, lay_out

MOST_STEPS, MOST_NUMBERS = 24, 16
"""Beyond, nobody reads the numbers; the view says how much is left out."""
_LARGEST_SCALE = 1.6
_SMALLEST_SCALE = 0.55
_HEAD = 6.0
_BLUE, _RED = 40, 215


class UnrolledWidget(Canvas):
    """Draws an :class:`~core.views.Unrolled`, as large as fits."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: Unrolled | None = None
        self._layout: UnrolledLayout | None = None
        self._scale = 1.0
        self._left = 0.0

    def show_view(self, view: Unrolled) -> None:
        """Draw ``view``.

        Raises:
            ValueError: when a layer holds something else than numbers.
        """
        for layer in view.layers:
            if layer.values.dtype.kind not in "buif":
                raise ValueError(f"the layer {layer.name!r} is made of {layer.values.dtype}, not of numbers")
        self._view = _cut(view)
        self.set_notice("" if view.layers and view.inputs else "There is nothing to unroll in this view.")
        self.refresh()

    def lay_out(self, width: int, height: int) -> int:
        """Scale the diagram so that it fits; where it would become too small to be read, it is scrolled."""
        view = self._view
        if view is None or self.notice():
            return height
        layout = lay_out(
            [layer.values.shape[1] for layer in view.layers],
            [bool(layer.labels) for layer in view.layers],
            len(view.inputs),
            self._measures(view),
            width / max(1, height),
            targets=bool(view.targets),
        )
        self._layout = layout
        fits = min(width / layout.size[0], height / layout.size[1], _LARGEST_SCALE)
        self._scale = min(max(fits, _SMALLEST_SCALE), width / layout.size[0])
        self._left = max(0.0, (width - layout.size[0] * self._scale) / 2)
        return max(height, round(layout.size[1] * self._scale))

    def draw(self, painter: QPainter, visible: QRect) -> None:
        """Paint arrows, boxes and letters."""
        view, layout = self._view, self._layout
        if view is None or layout is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(self._left, self._top(layout))
        painter.scale(self._scale, self._scale)
        self._draw_arrows(painter, view, layout)
        for index, layer in enumerate(view.layers):
            self._draw_name(painter, layer, layout.boxes[index][0], layout)
            for step, box in enumerate(layout.boxes[index]):
                self._draw_box(painter, box)
                for place in range(layer.values.shape[1]):
                    self._draw_number(painter, layer, step, place, layout.number(index, step, place))
        self._draw_letters(painter, view, layout)

    def tip_at(self, point: QPoint) -> str:
        """Which number is under the mouse, unrounded."""
        view, layout = self._view, self._layout
        if view is None or layout is None:
            return ""
        place = (QPointF(point) - QPointF(self._left, self._top(layout))) / self._scale
        found = layout.number_at(place, [layer.values.shape[1] for layer in view.layers])
        if found is None:
            return ""
        layer, step, index = view.layers[found[0]], found[1], found[2]
        label = layer.labels[index] if layer.labels else str(index + 1)
        value = format_number(float(layer.values[step, index]))
        return f"{layer.name} {label} after “{view.inputs[step]}” (step {step + 1}): {value}"

    def _top(self, layout: UnrolledLayout) -> float:
        return max(0.0, (self.viewport().height() - layout.size[1] * self._scale) / 2)

    def _measures(self, view: Unrolled) -> Measures:
        body, bold = QFontMetricsF(small(self.font())), QFontMetricsF(self._letter_font())
        labels = [label for layer in view.layers for label in layer.labels]
        names = [text for layer in view.layers for text in (*_name_lines(layer.name), layer.link)]
        return Measures(
            line=body.height() * 1.15,
            number=body.horizontalAdvance(f"{MINUS}00.0") + 2,
            label=max((body.horizontalAdvance(label) for label in labels), default=0.0) + 8,
            margin=max((body.horizontalAdvance(name) for name in names), default=0.0) + 12,
            target=max((bold.horizontalAdvance(target) for target in view.targets), default=0.0),
        )

    def _letter_font(self) -> QFont:
        font = QFont(self.font())
        font.setBold(True)
        return font

    def _draw_arrows(self, painter: QPainter, view: Unrolled, layout: UnrolledLayout) -> None:
        for index, layer in enumerate(view.layers):
            for step, box in enumerate(layout.boxes[index]):
                below = layout.boxes[index - 1][step].top() if index else layout.inputs_top
                self._draw_arrow(painter, QPointF(box.center().x(), below), QPointF(box.center().x(), box.bottom()))
                if layer.carries and step + 1 < len(layout.boxes[index]):
                    end = layout.boxes[index][step + 1]
                    self._draw_arrow(
                        painter, QPointF(box.right(), box.center().y()), QPointF(end.left(), end.center().y())
                    )
                    if layer.carry:
                        self._draw_carry(painter, layer.carry, box, end)

    def _draw_arrow(self, painter: QPainter, start: QPointF, end: QPointF) -> None:
        palette = self.palette()
        colour = mix(palette.color(QPalette.ColorRole.PlaceholderText), palette.color(QPalette.ColorRole.Base), 0.25)
        painter.setPen(QPen(colour, 1.4))
        along = end - start
        length = max(1e-6, (along.x() ** 2 + along.y() ** 2) ** 0.5)
        unit = along / length
        side = QPointF(-unit.y(), unit.x()) * _HEAD * 0.5
        painter.drawLine(start + unit * 2, end - unit * _HEAD)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        tip = end - unit
        painter.drawPolygon(QPolygonF([tip, tip - unit * _HEAD + side, tip - unit * _HEAD - side]))

    def _draw_carry(self, painter: QPainter, words: str, start: QRectF, end: QRectF) -> None:
        metrics = QFontMetricsF(small(self.font()))
        if metrics.horizontalAdvance(words) > end.left() - start.right() - 4:
            return
        area = QRectF(
            start.right(), start.center().y() - metrics.height() - 3, end.left() - start.right(), metrics.height()
        )
        self._write(painter, area, words, Qt.AlignmentFlag.AlignCenter, QPalette.ColorRole.PlaceholderText)

    def _draw_name(self, painter: QPainter, layer: Layer, first: QRectF, layout: UnrolledLayout) -> None:
        metrics = QFontMetricsF(small(self.font()))
        width = layout.measures.margin - 10
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        lines = _name_lines(layer.name)
        top = first.center().y() - len(lines) * metrics.height() / 2
        for number, line in enumerate(lines):
            area = QRectF(first.left() - 8 - width, top + number * metrics.height(), width, metrics.height())
            role = QPalette.ColorRole.PlaceholderText if number else QPalette.ColorRole.Text
            self._write(painter, area, line, flags, role)
        if layer.link:
            area = QRectF(first.center().x() + 5, first.bottom() + 2, 200, metrics.height() * 1.4)
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            self._write(painter, area, layer.link, left, QPalette.ColorRole.PlaceholderText)

    def _draw_box(self, painter: QPainter, box: QRectF) -> None:
        palette = self.palette()
        base = palette.color(QPalette.ColorRole.Base)
        painter.setPen(QPen(mix(base, palette.color(QPalette.ColorRole.Text), 0.35), 1.0))
        painter.setBrush(base)
        painter.drawRoundedRect(box, 5, 5)

    def _draw_number(self, painter: QPainter, layer: Layer, step: int, place: int, row: QRectF) -> None:
        value = float(layer.values[step, place])
        ground, pen, bold = self._colours(layer, step, place, value)
        if ground is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(row.adjusted(-BOX_PAD + 2, 0.5, BOX_PAD - 2, -0.5), 3, 3)
        font = small(self.font())
        font.setBold(bold)
        painter.setFont(font)
        painter.setPen(pen)
        middle = Qt.AlignmentFlag.AlignVCenter
        if layer.labels:
            painter.drawText(row, middle | Qt.AlignmentFlag.AlignLeft, layer.labels[place])
        painter.drawText(row, middle | Qt.AlignmentFlag.AlignRight, number_text(value, whole=_is_whole(layer)))

    def _colours(self, layer: Layer, step: int, place: int, value: float) -> tuple[QColor | None, QColor, bool]:
        """Ground, text colour, and whether bold: by the mark, else by the value."""
        palette = self.palette()
        base, text = palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.Text)
        if layer.marks is not None and layer.marks[step, place]:
            good = layer.marks[step, place] > 0
            colour = palette.color(QPalette.ColorRole.Accent) if good else fault_colour(palette)
            return (mix(base, colour, 0.2) if good else None), colour, bool(good)
        if _is_whole(layer):
            return None, text if value else palette.color(QPalette.ColorRole.PlaceholderText), bool(value)
        if layer.marks is not None or not np.isfinite(value):
            return None, text, False
        strength = min(abs(value), 1.0)
        end = QColor(*(int(channel) for channel in diverging()[_RED if value > 0 else _BLUE]))
        ground = mix(base, end, 0.85 * strength)
        return ground, text if contrast(text, ground) >= contrast(base, ground) else base, False

    def _draw_letters(self, painter: QPainter, view: Unrolled, layout: UnrolledLayout) -> None:
        painter.setFont(self._letter_font())
        height = layout.measures.line * 1.6
        for step, middle in enumerate(layout.columns):
            painter.setPen(self.palette().color(QPalette.ColorRole.Text))
            below = QRectF(middle - 100, layout.inputs_top, 200, height)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, f"“{view.inputs[step]}”")
            if view.targets:
                painter.setPen(self.palette().color(QPalette.ColorRole.Accent))
                above = QRectF(middle - 100, layout.targets_top, 200, height)
                painter.drawText(above, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, view.targets[step])

    def _write(
        self, painter: QPainter, area: QRectF, words: str, flags: Qt.AlignmentFlag, role: QPalette.ColorRole
    ) -> None:
        painter.setFont(small(self.font()))
        painter.setPen(self.palette().color(role))
        painter.drawText(area, flags, words)


def number_text(value: float, *, whole: bool) -> str:
    """A number for a narrow box: "1", "0.83", "−12.4", "240"."""
    if whole or not np.isfinite(value):
        return format_number(value)
    digits = 2 if abs(value) < 9.995 else 1 if abs(value) < 99.95 else 0
    text = f"{value:.{digits}f}" if abs(value) < 1e4 else f"{value:.0e}"
    return text.replace("-", MINUS)


def _is_whole(layer: Layer) -> bool:
    """Whether it holds nothing but zeros and ones: a one-hot vector is no measurement."""
    return bool(np.isin(layer.values, (0, 1)).all())


def _name_lines(name: str) -> list[str]:
    """The name, and what follows its comma below it."""
    return [part.strip() for part in name.split(",", 1)]


def _cut(view: Unrolled) -> Unrolled:
    """As much of ``view`` as can be read."""
    layers = [
        Layer(
            name=layer.name[:40],
            values=layer.values[:MOST_STEPS, :MOST_NUMBERS],
            labels=tuple(str(label)[:8] for label in layer.labels[:MOST_NUMBERS]),
            marks=None if layer.marks is None else layer.marks[:MOST_STEPS, :MOST_NUMBERS],
            carries=layer.carries,
            link=layer.link[:20],
            carry=layer.carry[:20],
        )
        for layer in view.layers
    ]
    inputs, targets = ([str(text)[:16] for text in texts[:MOST_STEPS]] for texts in (view.inputs, view.targets))
    return Unrolled(inputs=inputs, layers=layers, targets=targets, caption=view.caption)
