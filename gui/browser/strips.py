"""Rows of the grid as finished pictures, kept while they are likely to be seen again."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter

from core.survey import Catalogue
from gui.browser.cells import GAP, Cells

_CRISP_FROM = 3
"""Device pixels a pixel of a sample, from which uneven ones are not noticed, and blurred ones would be."""

_SPARED = 1.5
"""Pixels of a sample that are read for each that is painted, each way, where it is reduced: more take too long."""


@dataclass(frozen=True)
class Look:
    """Colours, font and device pixels a pixel that strips are painted with."""

    ground: QColor
    text: QColor
    font: QFont
    ratio: float


class Strips:
    """Paints rows of cells on demand; the last ``most`` are kept."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, QImage] = OrderedDict()
        self._names: dict[int, str] = {}
        self._source: tuple[Catalogue, NDArray[np.int64], Cells, Look] | None = None
        self.most = 16

    def begin(self, catalogue: Catalogue, rows: NDArray[np.int64], cells: Cells, look: Look) -> None:
        """From now on these samples in this arrangement."""
        self._source = (catalogue, rows, cells, look)
        self.clear()

    def clear(self) -> None:
        """Forget what was painted."""
        self._kept.clear()
        self._names.clear()

    def kept(self, row: int) -> QImage | None:
        """The row's strip if it is still there."""
        strip = self._kept.get(row)
        if strip is not None:
            self._kept.move_to_end(row)
        return strip

    def made(self, row: int) -> QImage | None:
        """The row's strip, painted if it is not there; None before :meth:`begin`."""
        strip = self.kept(row)
        if strip is None and self._source is not None:
            strip = self._kept[row] = self._painted(row, *self._source)
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)
        return strip

    def _painted(self, row: int, catalogue: Catalogue, rows: NDArray[np.int64], cells: Cells, look: Look) -> QImage:
        """As wide as the area and as high as a row; its top is the top of its pictures."""
        chosen = rows[row * cells.columns : (row + 1) * cells.columns]
        height, width = catalogue.shape[1:]
        scale = min(cells.side / width, cells.side / height)
        step = max(1, int(1 / (_SPARED * scale * look.ratio)))
        source = side_by_side(catalogue.pictures(chosen, step))
        strip = QImage(
            round(cells.width * look.ratio), round(cells.row_height * look.ratio), QImage.Format.Format_RGB32
        )
        strip.setDevicePixelRatio(look.ratio)
        strip.fill(look.ground)
        painter = QPainter(strip)
        device = scale * look.ratio
        smooth = device < _CRISP_FROM and abs(device - round(device)) > 1e-6
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.setFont(look.font)
        painter.setPen(look.text)
        metrics, each = QFontMetrics(look.font), source.width() / len(chosen)
        for column, label in enumerate(catalogue.labels(chosen).tolist()):
            left = cells.left + column * (cells.side + GAP)
            wide, high = width * scale, height * scale
            target = QRectF(left + (cells.side - wide) / 2, (cells.side - high) / 2, wide, high)
            painter.drawImage(target, source, QRectF(column * each, 0, each, source.height()))
            if cells.label:
                area = QRect(left, cells.side, cells.side, cells.label)
                painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self._name(label, catalogue, metrics, cells.side))
        painter.end()
        return strip

    def _name(self, label: int, catalogue: Catalogue, metrics: QFontMetrics, width: int) -> str:
        if label not in self._names:
            name = catalogue.class_name(label)[:80]
            self._names[label] = metrics.elidedText(name, Qt.TextElideMode.ElideRight, width)
        return self._names[label]


def side_by_side(pictures: NDArray[np.uint8]) -> QImage:
    """N×C×H×W uint8 in one row: grey where there is one channel (or two), otherwise the first three as RGB."""
    count, channels, height, width = pictures.shape
    if channels < 3:
        grey = np.ascontiguousarray(pictures[:, 0].transpose(1, 0, 2)).reshape(height, count * width)
        return QImage(grey.data, count * width, height, count * width, QImage.Format.Format_Grayscale8).copy()
    colours = np.ascontiguousarray(pictures[:, :3].transpose(2, 0, 3, 1)).reshape(height, count * width * 3)
    return QImage(colours.data, count * width, height, 3 * count * width, QImage.Format.Format_RGB888).copy()
