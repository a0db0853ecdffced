"""What a point is: the picture, or the text around it, its class, and what the network takes it for."""

from __future__ import annotations

import html

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.embedding.telling import Told
from gui.results.colours import wrong_colour
from gui.results.picture_store import image_of

PICTURE = 72
"""Px of the longer side of the picture."""
_WIDEST = 330
_AWAY = 16
_LOOK = "#embedding_card { background: palette(button); border: 1px solid palette(mid); border-radius: 6px; }"


class Card(QFrame):
    """Floats beside the point, never over it, and lets the mouse through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._map = parent
        self.setObjectName("embedding_card")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setStyleSheet(_LOOK)
        self.picture, self.words = QLabel(), QLabel()
        self.words.setTextFormat(Qt.TextFormat.RichText)
        self.words.setMaximumWidth(_WIDEST)
        column = QVBoxLayout()
        column.addWidget(self.words)
        column.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 7, 10, 7)
        row.setSpacing(10)
        row.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        self.hide()

    def show_sample(self, told: Told, picture: NDArray[np.uint8] | None, at: QPoint, *, tryable: bool) -> None:
        """Tell of the sample whose point is ``at`` these px of the parent; ``picture``: uint8 C×h×w."""
        self.picture.setVisible(picture is not None)
        if picture is not None:
            image = image_of(picture)
            factor = PICTURE / max(image.width(), image.height())
            smooth = factor < 1
            mode = Qt.TransformationMode.SmoothTransformation if smooth else Qt.TransformationMode.FastTransformation
            width, height = max(1, round(image.width() * factor)), max(1, round(image.height() * factor))
            self.picture.setPixmap(QPixmap.fromImage(image.scaled(width, height, mode=mode)))
        self.words.setText(self._html(told, tryable))
        self.setAccessibleName(f"{told.title}: {told.truth}, taken for {told.guess}" if told.guess else told.title)
        self.show()  # first: hidden labels have no say in the size
        self.adjustSize()
        self.go(at)
        self.raise_()

    def go(self, at: QPoint) -> None:
        """The point is here now."""
        self.move(self._beside(at))

    def _html(self, told: Told, tryable: bool) -> str:
        """Every word is data, so it is escaped: a class may be called anything."""
        lines = []
        if told.truth:
            lines.append(f"<b>{told.asked}{': ' if told.asked else ''}{_safe(told.truth)}</b>")
        if told.guess:
            colour = f" style='color:{wrong_colour(self.palette()).name()}'" if told.wrong else ""
            lines.append(f"<span{colour}>{'taken for' if told.wrong else 'guess:'} {_safe(told.guess)}</span>")
        if told.passage:
            before, letter, after = (html.escape(part).replace(" ", "&nbsp;") for part in told.passage)
            mark = f"background-color:{self.palette().highlight().color().name()}; color:#ffffff"
            middle = f"<span style='{mark}'>{letter}</span>" if before or after else f"<b>{letter}</b>"
            lines.append(f"<span style='font-family:monospace'>{before}{middle}{after}</span>")
        quiet = self.palette().placeholderText().color().name()
        what_to_do = " · click to try it" if tryable else ""
        lines.append(f"<span style='color:{quiet}'>{_safe(told.title)}{what_to_do}</span>")
        return "<br>".join(lines)

    def _beside(self, at: QPoint) -> QPoint:
        room = self._map.rect()
        x = at.x() + _AWAY if at.x() + _AWAY + self.width() <= room.width() else at.x() - _AWAY - self.width()
        y = at.y() + _AWAY if at.y() + _AWAY + self.height() <= room.height() else at.y() - _AWAY - self.height()
        return QPoint(max(2, min(x, room.width() - self.width() - 2)), max(2, y))


def _safe(text: str) -> str:
    return html.escape(text if len(text) <= 44 else text[:43] + "…")
