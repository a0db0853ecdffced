"""A view as a picture to save or to paste: its title above, its caption below."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPalette
from PySide6.QtWidgets import QWidget

_RATIO = 2
"""Pixels of the picture a pixel of the screen, at least: pictures go into slides and reports."""
_MARGIN = 12


@dataclass(frozen=True)
class Lettering:
    """The texts around a picture; empty ones take no room."""

    title: str
    stamp: str = ""
    caption: str = ""


def render_picture(widget: QWidget, lettering: Lettering) -> QImage:
    """What ``widget`` shows, with its lettering, in the widget's colours."""
    metrics = widget.fontMetrics()
    width = widget.width()
    head = metrics.height() + 2 * _MARGIN if lettering.title or lettering.stamp else 0
    wrap = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft
    text_width = max(1, width - 2 * _MARGIN)
    foot = metrics.boundingRect(0, 0, text_width, 10_000, wrap, lettering.caption).height() + 2 * _MARGIN
    foot = foot if lettering.caption else 0
    ratio = max(_RATIO, widget.devicePixelRatioF())
    image = QImage(round(width * ratio), round((head + widget.height() + foot) * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(widget.palette().color(QPalette.ColorRole.Base))
    painter = QPainter(image)
    _write_head(painter, widget, lettering, QRectF(_MARGIN, 0, text_width, head))
    widget.render(painter, QPoint(0, head))
    painter.setPen(widget.palette().color(QPalette.ColorRole.PlaceholderText))
    painter.setFont(widget.font())
    caption_area = QRectF(_MARGIN, head + widget.height() + _MARGIN, text_width, foot)
    painter.drawText(caption_area, wrap, lettering.caption)
    painter.end()
    return image


def save_picture(image: QImage, path: Path) -> None:
    """Write ``image``, in the format that the file's ending names.

    Raises:
        OSError: with a sentence, when the file cannot be written.
    """
    if not image.save(str(path)):
        raise OSError(
            f"The picture was not saved: {path} cannot be written. Choose another folder, and a name that ends in .png."
        )


def file_name(lettering: Lettering) -> str:
    """A name for the picture's file: "Filters, at step 1,240" becomes "filters-at-step-1240.png"."""
    words = re.findall(r"\w+", f"{lettering.title} {lettering.stamp}".replace(",", "").casefold())
    return "-".join(words)[:80] + ".png" if words else "view.png"


def _write_head(painter: QPainter, widget: QWidget, lettering: Lettering, area: QRectF) -> None:
    palette = widget.palette()
    font = widget.font()
    painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
    painter.setFont(font)
    painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, lettering.stamp)
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(palette.color(QPalette.ColorRole.Text))
    painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, lettering.title)
