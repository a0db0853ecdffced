"""The pictures that the gallery has had lately, ready to be drawn."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

MOST_BYTES = 96 * 2**20
_PIXELS_COUNT = 40
"""Below so many pixels a side a picture is shown pixel by pixel, as the network sees it."""


class PictureStore:
    """Sample -> picture; those not asked for longest make room for new ones."""

    def __init__(self) -> None:
        self._images: OrderedDict[int, QImage] = OrderedDict()
        self._bytes = 0

    def clear(self) -> None:
        """Forget all: the samples are others now."""
        self._images.clear()
        self._bytes = 0

    def get(self, row: int) -> QImage | None:
        """The picture of a sample, if it is here."""
        image = self._images.get(row)
        if image is not None:
            self._images.move_to_end(row)
        return image

    def missing(self, rows: Iterable[int]) -> list[int]:
        """Those of ``rows`` that are not here."""
        return [row for row in rows if row not in self._images]

    def put(self, rows: Iterable[int], pictures: NDArray[np.uint8]) -> None:
        """Keep N×C×H×W pictures of these samples."""
        for row, picture in zip(rows, pictures, strict=True):
            image = image_of(picture)
            self._bytes += image.sizeInBytes() - (self._images[row].sizeInBytes() if row in self._images else 0)
            self._images[row] = image
            self._images.move_to_end(row)
        while self._bytes > MOST_BYTES and len(self._images) > 1:
            self._bytes -= self._images.popitem(last=False)[1].sizeInBytes()


def image_of(picture: NDArray[np.uint8]) -> QImage:
    """C×H×W as a picture of its own: the first three channels as colours, or the first as grey."""
    if len(picture) >= 3:
        pixels = np.ascontiguousarray(picture[:3].transpose(1, 2, 0))
        kind = QImage.Format.Format_RGB888
    else:
        pixels, kind = np.ascontiguousarray(picture[0]), QImage.Format.Format_Grayscale8
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, pixels.strides[0], kind).copy()


def draw_fitted(painter: QPainter, box: QRectF, image: QImage) -> QRectF:
    """Draw ``image`` as large as fits into ``box``: pixel by pixel where it has few, else smoothly.

    Returns where it was drawn.
    """
    scale = min(box.width() / image.width(), box.height() / image.height())
    ratio = painter.device().devicePixelRatioF()
    small = max(image.width(), image.height()) < _PIXELS_COUNT
    if small and scale * ratio >= 1:  # whole pixels, or some would be wider than others
        scale = int(scale * ratio) / ratio
    target = QRectF(0, 0, image.width() * scale, image.height() * scale)
    target.moveCenter(box.center())
    target.moveTopLeft(target.topLeft().toPoint().toPointF())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 1 or not small)
    painter.drawImage(target, image, QRectF(image.rect()))
    return target
