"""A matrix as colours, with its labels and a colour bar."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPalette
from PySide6.QtWidgets import QWidget

from core.views import Heatmap
from gui.theme import luminance
from gui.views.canvas import Canvas, small
from gui.views.colormaps import Scale, scale_for
from gui.views.heatmap_layout import PAD, TICK, HeatmapLabels, HeatmapLayout, every, lay_out_heatmap, tick_labels
from gui.views.heatmap_letters import draw_letters
from gui.views.image_grid import rgb_image
from gui.views.numbers import format_number

MOST_CELLS = 1024
"""Rows or columns drawn one by one; beyond, neighbours are averaged: no screen shows more."""
_BAR_STEPS = 5
_NUMBERS_FROM = 14.0


class HeatmapWidget(Canvas):
    """Draws a :class:`~core.views.Heatmap`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: Heatmap | None = None
        self._values: NDArray[Any] = np.zeros((0, 0))
        self._labels: HeatmapLabels | None = None
        self._scale = scale_for(self._values, symmetric=False)
        self._image: QImage | None = None
        self._layout: HeatmapLayout | None = None

    def show_view(self, view: Heatmap) -> None:
        """Draw ``view``.

        Raises:
            ValueError: when its values are not a matrix of numbers.
        """
        values = np.asarray(view.values)
        if values.ndim != 2 or values.dtype.kind not in "buif":
            raise ValueError(f"a heat map needs a matrix of numbers, not {values.ndim} dimensions of {values.dtype}")
        self._view, self._values = view, values
        spread = values if view.ends is None else np.array(view.ends, dtype=np.float64)
        self._scale = scale_for(spread, symmetric=view.symmetric)
        self.set_notice("" if values.size else "There are no values in this view.")
        self._image = rgb_image(self._scale.colours(_averaged(values))) if values.size else None
        self._labels = HeatmapLabels(
            rows=values.shape[0],
            columns=values.shape[1],
            row_labels=tick_labels([str(label) for label in view.row_labels], values.shape[0]),
            column_labels=tick_labels([str(label) for label in view.column_labels], values.shape[1]),
            has_x_label=bool(view.x_label),
            has_y_label=bool(view.y_label),
            bar=[format_number(value, 3) for value in _bar_values(self._scale)],
            text_axis=view.text_axis,
        )
        self.refresh()

    def lay_out(self, width: int, height: int) -> int:
        """Arrange the parts; a heat map always fits, so the height is that of the area."""
        if self._labels is not None and self._values.size:
            self._layout = lay_out_heatmap(self._labels, QFontMetricsF(small(self.font())), width, height)
        return height

    def draw(self, painter: QPainter, visible: QRect) -> None:
        """Paint the matrix, its labels and the colour bar."""
        layout, view, image = self._layout, self._view, self._image
        if layout is None or view is None or image is None:
            return
        painter.setFont(small(self.font()))
        shrinks = image.width() > layout.matrix.width() or image.height() > layout.matrix.height()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrinks)
        painter.drawImage(layout.matrix, image)
        metrics = QFontMetricsF(painter.font(), painter.device())
        if view.show_numbers:
            self._draw_numbers(painter, metrics, layout)
        self._draw_row_labels(painter, metrics, layout)
        self._draw_column_labels(painter, metrics, layout)
        self._draw_axis_titles(painter, metrics, layout, view)
        self._draw_bar(painter, metrics, layout)

    def tip_at(self, point: QPoint) -> str:
        """Row, column and value under the mouse."""
        cell = self._layout.cell_at(QPointF(point)) if self._layout else None
        if cell is None or self._view is None or self._labels is None:
            return ""
        row_name, column_name = self._view.y_label or "row", self._view.x_label or "column"
        row, column = self._labels.row_labels[cell[0]], self._labels.column_labels[cell[1]]
        return f"{row_name}: {row}\n{column_name}: {column}\nvalue: {format_number(self._values[cell])}"

    def heatmap_layout(self) -> HeatmapLayout | None:
        """Where the parts are, once there is something to draw."""
        return self._layout

    def _draw_numbers(self, painter: QPainter, metrics: QFontMetricsF, layout: HeatmapLayout) -> None:
        """The value in each cell that has room for it, dark on light colours and light on dark ones."""
        if layout.cell_height < _NUMBERS_FROM or layout.cell_width < _NUMBERS_FROM:
            return
        rgb = self._scale.colours(self._values)
        for (row, column), value in np.ndenumerate(self._values):
            text = format_number(value, 2)
            if metrics.horizontalAdvance(text) > layout.cell_width - 2:
                continue
            ground = QColor(*(int(channel) for channel in rgb[row, column]))
            painter.setPen(QColor("#101010") if luminance(ground) > 0.18 else QColor("#ffffff"))
            painter.drawText(layout.cell(row, column), Qt.AlignmentFlag.AlignCenter, text)

    def _draw_row_labels(self, painter: QPainter, metrics: QFontMetricsF, layout: HeatmapLayout) -> None:
        assert self._labels is not None
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        right = layout.matrix.left() - TICK
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for row in range(0, layout.rows, every(layout.cell_height, metrics.height() * 0.9)):
            text = metrics.elidedText(
                self._labels.row_labels[row][:60], Qt.TextElideMode.ElideRight, layout.row_label_width
            )
            middle = layout.cell(row, 0).center().y()
            area = QRectF(right - layout.row_label_width, middle - 20, layout.row_label_width, 40)
            painter.drawText(area, flags, text)

    def _draw_column_labels(self, painter: QPainter, metrics: QFontMetricsF, layout: HeatmapLayout) -> None:
        assert self._labels is not None
        labels = self._labels.column_labels
        if self._labels.text_axis:
            draw_letters(painter, labels, layout)
            return
        longest = max(metrics.horizontalAdvance(label[:60]) for label in (labels[0], labels[-1]))
        needed = metrics.height() * 0.9 if layout.upright_columns else longest + 2 * TICK
        top = layout.matrix.bottom() + TICK
        for column in range(0, layout.columns, every(layout.cell_width, needed)):
            middle = layout.cell(0, column).center().x()
            if not layout.upright_columns:
                area = QRectF(middle - 200, top, 400, layout.column_label_height)
                painter.drawText(area, Qt.AlignmentFlag.AlignCenter, labels[column][:60])
                continue
            text = metrics.elidedText(labels[column][:60], Qt.TextElideMode.ElideRight, layout.column_label_height)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            _draw_upright(painter, QPointF(middle, top + layout.column_label_height / 2), text, right, layout)

    def _draw_axis_titles(
        self, painter: QPainter, metrics: QFontMetricsF, layout: HeatmapLayout, view: Heatmap
    ) -> None:
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        matrix = layout.matrix
        if view.x_label:
            top = matrix.bottom() + 2 * TICK + layout.column_label_height
            area = QRectF(matrix.center().x() - 400, top, 800, metrics.height())
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, view.x_label)
        if view.y_label:
            left = matrix.left() - 2 * TICK - layout.row_label_width - metrics.height() / 2
            middle = QPointF(left, matrix.center().y())
            _draw_upright(painter, middle, view.y_label, Qt.AlignmentFlag.AlignCenter, None)

    def _draw_bar(self, painter: QPainter, metrics: QFontMetricsF, layout: HeatmapLayout) -> None:
        assert self._labels is not None
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        painter.drawImage(layout.bar, rgb_image(self._scale.table[::-1][:, None, :]))
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        room = layout.bar.height() / max(1, len(self._labels.bar) - 1)
        step = 1 if room > metrics.height() else len(self._labels.bar) - 1
        for index in range(0, len(self._labels.bar), max(1, step)):
            share = index / max(1, len(self._labels.bar) - 1)
            middle = layout.bar.bottom() - share * layout.bar.height()
            # The first and the last number stay beside the bar instead of standing half out of it.
            middle = min(max(middle, layout.bar.top() + metrics.height() / 2 - 2), layout.bar.bottom() - PAD / 2)
            area = QRectF(layout.bar.right() + TICK, middle - 20, 200, 40)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self._labels.bar[index])


def _draw_upright(
    painter: QPainter, middle: QPointF, text: str, flags: Qt.AlignmentFlag, layout: HeatmapLayout | None
) -> None:
    """``text`` turned by 90 degrees around ``middle``."""
    half = layout.column_label_height / 2 if layout else 400.0
    painter.save()
    painter.translate(middle)
    painter.rotate(-90)
    painter.drawText(QRectF(-half, -20, 2 * half, 40), flags, text)
    painter.restore()


def _bar_values(scale: Scale) -> list[float]:
    if scale.high <= scale.low:
        return [scale.low]
    return [float(value) for value in np.linspace(scale.low, scale.high, _BAR_STEPS)]


def _averaged(values: NDArray[Any]) -> NDArray[Any]:
    """``values`` with at most :data:`MOST_CELLS` rows and columns: means of blocks, NaN where a whole block is."""
    for axis in (0, 1):
        count = values.shape[axis]
        if count <= MOST_CELLS:
            continue
        size = -(-count // MOST_CELLS)
        with np.errstate(invalid="ignore"):  # infinities of both signs have no mean
            means = _block_means(values, axis, size)
        if not np.isfinite(means).all():
            present = np.isfinite(values)
            shares = _block_means(present, axis, size)
            means = _block_means(np.where(present, values, 0.0), axis, size)
            means = np.divide(means, shares, out=np.full_like(means, np.nan), where=shares > 0)
        values = means
    return values


def _block_means(values: NDArray[Any], axis: int, size: int) -> NDArray[np.float64]:
    """Means of ``size`` neighbours each, the last of what is left. All first ones, then all second ones, and so on, are
    added up, since NumPy takes four times as long for many small sums.
    """
    along = np.moveaxis(values, axis, 0)
    whole = len(along) // size * size
    sums = along[0:whole:size].astype(np.float64)
    for place in range(1, size):
        sums += along[place:whole:size]
    sums /= size
    if whole < len(along):
        sums = np.concatenate([sums, along[whole:].mean(axis=0, keepdims=True, dtype=np.float64)])
    return np.moveaxis(sums, 0, axis)
