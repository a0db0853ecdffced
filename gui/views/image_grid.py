"""Pictures side by side, drawn pixel by pixel from one composed picture of what is visible."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPalette
from PySide6.QtWidgets import QWidget

from core.views import ImageGrid
from gui.views.canvas import Canvas, small
from gui.views.colormaps import Scale, finite_range, grey, scale_for
from gui.views.grid_layout import GridLayout, GridRequest, arrange
from gui.views.numbers import format_number

_LABELS_MEASURED = 200
_WIDEST_LABEL = 90.0


def rgb_image(pixels: NDArray[np.uint8]) -> QImage:
    """H×W×3 as a picture of its own, independent of the array."""
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


class ImageGridWidget(Canvas):
    """Draws an :class:`~core.views.ImageGrid`; only the rows in view are converted to colours."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images: NDArray[Any] = np.zeros((0, 1, 1))
        self._labels: list[str] = []
        self._columns: int | None = None
        self._scale: Scale | None = None
        self._layout: GridLayout | None = None
        self._atlas: QImage | None = None
        self._atlas_key: tuple[int, int, int, int] | None = None

    def show_view(self, view: ImageGrid) -> None:
        """Draw ``view``; the scroll position stays.

        Raises:
            TypeError: when the pictures are not made of numbers.
        """
        images = np.asarray(view.images)
        if images.dtype.kind not in "buif":
            raise TypeError(f"pictures are made of numbers, not of {images.dtype}")
        self._images = images
        self._labels = [str(label) for label in view.labels]
        self._columns = view.columns
        self._scale = _scale_of(view, images)
        self._atlas = self._atlas_key = None
        self.set_notice("" if images.size else "There are no pictures in this view.")
        self.refresh()

    def lay_out(self, width: int, height: int) -> int:
        """Arrange the grid; return its height."""
        if not self._images.size:
            return height
        metrics = QFontMetricsF(small(self.font()))
        measured = [metrics.horizontalAdvance(label[:80]) for label in self._labels[:_LABELS_MEASURED]]
        request = GridRequest(
            count=self._images.shape[0],
            width=self._images.shape[2],
            height=self._images.shape[1],
            area_width=width,
            area_height=height,
            columns=self._columns,
            label_width=min(max(measured, default=0.0) + 2, _WIDEST_LABEL) if self._labels else 0.0,
            label_height=metrics.height() + 1 if self._labels else 0.0,
            ratio=self.devicePixelRatioF(),
        )
        self._layout = arrange(request)
        return self._layout.height

    def draw(self, painter: QPainter, visible: QRect) -> None:
        """Paint the cells in view."""
        layout = self._layout
        if layout is None:
            return
        first, last = layout.rows_between(visible.top(), visible.bottom() + 1)
        if first >= last:
            return
        step = self._thinning(painter, layout)
        atlas = self._composed(first, last, step)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, layout.scale < 1)
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        painter.setFont(small(self.font()))
        width, height = atlas.width() / layout.columns, atlas.height() / (last - first)
        metrics = QFontMetricsF(painter.font(), painter.device())
        for index in range(first * layout.columns, min(last * layout.columns, len(self._images))):
            row, column = divmod(index, layout.columns)
            x, y = layout.picture_corner(row, column)
            target = QRectF(x, y, layout.picture_width, layout.picture_height)
            painter.drawImage(target, atlas, QRectF(column * width, (row - first) * height, width, height))
            if self._labels:
                self._draw_label(painter, metrics, layout, index, target)

    def tip_at(self, point: QPoint) -> str:
        """Label, place and value of the pixel under the mouse."""
        cell = self._layout.cell_at(point.x(), point.y()) if self._layout else None
        if self._layout is None or cell is None:
            return ""
        index = cell[0] * self._layout.columns + cell[1]
        if index >= len(self._images):
            return ""
        x, y = self._layout.picture_corner(*cell)
        row = min(int((point.y() - y) / self._layout.scale), self._images.shape[1] - 1)
        column = min(int((point.x() - x) / self._layout.scale), self._images.shape[2] - 1)
        name = self._labels[index] if self._labels else f"picture {index + 1:,}"
        return f"{name}\nrow {row}, column {column}: {_pixel_text(self._images[index, row, column])}"

    def grid_layout(self) -> GridLayout | None:
        """Where the cells are, once there is something to draw."""
        return self._layout

    def _thinning(self, painter: QPainter, layout: GridLayout) -> int:
        """Every how many pixels are taken, so that large photographs drawn small cost no more than they show."""
        return max(1, int(0.5 / (layout.scale * painter.device().devicePixelRatioF())))

    def _composed(self, first: int, last: int, step: int) -> QImage:
        assert self._layout is not None
        columns = self._layout.columns
        key = (first, last, columns, step)
        if self._atlas is None or self._atlas_key != key:
            block = self._images[first * columns : last * columns, ::step, ::step]
            self._atlas, self._atlas_key = rgb_image(_side_by_side(self._coloured(block), columns)), key
        return self._atlas

    def _coloured(self, block: NDArray[Any]) -> NDArray[np.uint8]:
        if self._scale is not None and block.ndim == 3:
            return self._scale.colours(block)
        if block.dtype == np.uint8:
            return block
        low, high = (self._scale.low, self._scale.high) if self._scale else (0.0, 1.0)
        share = (np.nan_to_num(block.astype(np.float64), nan=low) - low) / ((high - low) or 1.0)
        return (np.clip(share, 0.0, 1.0) * 255.0).astype(np.uint8)

    def _draw_label(
        self, painter: QPainter, metrics: QFontMetricsF, layout: GridLayout, index: int, picture: QRectF
    ) -> None:
        left = picture.center().x() - layout.cell_width / 2
        area = QRectF(left, picture.bottom() + 1, layout.cell_width, layout.cell_height - layout.picture_height)
        text = metrics.elidedText(self._labels[index][:80], Qt.TextElideMode.ElideRight, layout.cell_width)
        painter.drawText(area, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, text)


def _scale_of(view: ImageGrid, images: NDArray[Any]) -> Scale | None:
    """One scale for the whole grid, so that pictures can be compared; None for colours that need none."""
    if images.ndim == 3:
        return scale_for(images, symmetric=view.symmetric, table=grey())
    if images.dtype == np.uint8:
        return None
    low, high = finite_range(images) or (0.0, 1.0)
    if low >= 0.0 and high <= 255.0:
        low, high = 0.0, 1.0 if images.dtype.kind == "f" and high <= 1.0 else 255.0
    return Scale(low, high, grey())


def _side_by_side(pictures: NDArray[np.uint8], columns: int) -> NDArray[np.uint8]:
    """N×H×W×3 as one picture with ``columns`` of them in a row; the last row is filled up with black."""
    count, height, width = pictures.shape[:3]
    rows = -(-count // columns)
    padded = np.zeros((rows * columns, height, width, 3), dtype=np.uint8)
    padded[:count] = pictures
    tiled = padded.reshape(rows, columns, height, width, 3).transpose(0, 2, 1, 3, 4)
    return tiled.reshape(rows * height, columns * width, 3)


def _pixel_text(pixel: Any) -> str:
    channels = np.atleast_1d(pixel)
    if len(channels) == 1:
        return format_number(channels[0])
    return "red {}, green {}, blue {}".format(*(format_number(channel) for channel in channels))
